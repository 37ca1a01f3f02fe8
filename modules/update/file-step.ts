// SPDX-License-Identifier: Apache-2.0
//
// One file of a run: request, answer by status, retries with back-off. Leaves out redirects, authentication, Retry-After.
// Source: AudioCodes Automatic Update, "Querying provisioning server for updated files"; RFC 9110 section 15.

import { redact } from "../http/url.js";
import { drawChance, maxTries, retryDelayMs } from "./backoff.js";
import { conditionalHeaders, type DownloadRecord } from "./downloads.js";
import { describeError } from "./error.js";
import type { UpdateRecord } from "./events.js";
import { Exchange } from "./exchange.js";
import { takeImage } from "./image-step.js";
import { takeIni } from "./ini-step.js";
import { observeDate, type FileOutcome, type Run } from "./outcome.js";
import type { PlanEntry } from "./plan.js";
import { sleep } from "./tasks.js";

/** Largest body of an answer that is read only to keep the connection. */
const drainBytes = 16384;

/** Statuses that another try may cure; any other one is the server's last word until the next trigger. */
function mayPass(status: number): boolean {
	return status >= 500 || status === 408 || status === 429;
}

/** An error that lies in the URL or in this gateway does not go away by asking again. */
function isLasting(code: string): boolean {
	return (
		code.startsWith("URL_") || code.startsWith("STORE_") || code.startsWith("FLASH_") || code.startsWith("OTADATA_")
	);
}

async function notModified(run: Run, exchange: Exchange, known: DownloadRecord | undefined): Promise<FileOutcome> {
	await exchange.drain(drainBytes);
	observeDate(run, exchange);
	if (known === undefined) {
		return { result: "failed", code: "UPDATE_STATUS_304", reason: "304 to an unconditional request", reached: true };
	}
	if (known.code === undefined) return { result: "not-modified", reason: "nothing new", reached: true };
	const reason = `still the file that was refused: ${known.reason ?? known.code}`;
	return { result: "not-modified", code: known.code, reason, reached: true };
}

async function answer(run: Run, entry: PlanEntry, exchange: Exchange, known?: DownloadRecord): Promise<FileOutcome> {
	const status = await exchange.response();
	if (status === 304) return notModified(run, exchange, known);
	if (status === 200) return entry.file === "ini" ? takeIni(run, entry, exchange) : takeImage(run, entry, exchange);
	await exchange.drain(drainBytes).catch(() => undefined); // the status has said enough
	const reason = `the server answered ${status}`;
	return { result: "failed", code: `UPDATE_STATUS_${status}`, reason, reached: false, retry: mayPass(status) };
}

/** One try. Never throws. */
async function attempt(run: Run, entry: PlanEntry): Promise<FileOutcome> {
	const { board, timer, report } = run.context;
	const start = board.clock.ticks();
	const known = entry.once ? undefined : run.downloads.find(entry.url);
	const conditions = conditionalHeaders(known, board.application.version);
	const headers: [string, string][] = [["User-Agent", run.userAgent], ...conditions];
	const exchange = new Exchange({ client: run.client, timer, url: entry.url, headers });
	let outcome: FileOutcome;
	try {
		outcome = await answer(run, entry, exchange, conditions.length > 0 ? known : undefined);
	} catch (error) {
		const fault = describeError(error);
		outcome = { result: "failed", ...fault, reached: false, retry: !isLasting(fault.code) };
	}
	exchange.cancel();
	const ms = board.clock.ticks() - start;
	const { status, bytes } = exchange;
	const record: UpdateRecord = { event: "request", file: entry.file, url: redact(entry.url), status, bytes, ms };
	if (exchange.error !== undefined) record.error = describeError(exchange.error).code;
	report(record);
	return outcome;
}

/**
 * Fetches and takes one file, in up to three tries. Never throws.
 * @param onOutcome told of each try, before the next
 * @returns the outcome of the last try
 */
export async function fetchFile(
	run: Run,
	entry: PlanEntry,
	onOutcome: (outcome: FileOutcome) => void,
): Promise<FileOutcome> {
	const { board, timer } = run.context;
	for (let failures = 1; ; failures++) {
		const outcome = await attempt(run, entry);
		onOutcome(outcome);
		if (outcome.retry !== true || failures === maxTries) return outcome;
		await sleep(
			timer,
			retryDelayMs(
				failures,
				drawChance((bytes) => board.random(bytes)),
			),
		);
	}
}
