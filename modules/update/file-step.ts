// SPDX-License-Identifier: Apache-2.0
//
// One file of a run: request, answer by status, retries with back-off, waits that the server asks for. Redirects and
// authentication are the HTTP session's.
// Source: AudioCodes Automatic Update, "Querying provisioning server for updated files"; RFC 9110 section 15.

import { redact } from "../http/url.js";
import { drawChance, holdMs, maxTries, patienceMs, retryDelayMs } from "./backoff.js";
import { settingsCredentials } from "./credentials.js";
import { conditionalHeaders, type DownloadRecord } from "./downloads.js";
import { describeError } from "./error.js";
import type { UpdateRecord } from "./events.js";
import { Exchange } from "./exchange.js";
import { mayPass, statusMayPass } from "./faults.js";
import { takeImage } from "./image-step.js";
import { takeIni } from "./ini-step.js";
import { observeDate, retryAfterOf, type FileOutcome, type Run } from "./outcome.js";
import type { PlanEntry } from "./plan.js";
import { policyOf } from "./signature-check.js";
import { sleep } from "./tasks.js";
import { judgeWay, takeTLSFile } from "./tls-file-step.js";

/** Largest body of an answer that is read only to keep the connection. */
const drainBytes = 16384;

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

function take(run: Run, entry: PlanEntry, exchange: Exchange): Promise<FileOutcome> {
	if (entry.file === "ini") return takeIni(run, entry, exchange);
	return entry.file === "cmp" ? takeImage(run, entry, exchange) : takeTLSFile(run, entry, exchange);
}

/** What makes the request conditional. A one-time file is asked for without conditions, unless it was refused. */
function remembered(run: Run, { file, url, once }: PlanEntry): DownloadRecord | undefined {
	if (once && file === "cmp") return undefined;
	const known = run.downloads.find(url);
	return once && known?.code === undefined ? undefined : known;
}

async function answer(run: Run, entry: PlanEntry, exchange: Exchange, known?: DownloadRecord): Promise<FileOutcome> {
	const status = await exchange.response();
	if (status === 304) return notModified(run, exchange, known);
	if (status === 200) return take(run, entry, exchange);
	await exchange.drain(drainBytes).catch(() => undefined); // the status has said enough
	const reason = `the server answered ${status}`;
	const code = `UPDATE_STATUS_${status}`;
	const outcome: FileOutcome = { result: "failed", code, reason, reached: false, retry: statusMayPass(status) };
	const retryAfterMs = statusMayPass(status) ? retryAfterOf(run, exchange) : undefined;
	return retryAfterMs === undefined ? outcome : { ...outcome, retryAfterMs };
}

/** One try. Never throws. */
async function attempt(run: Run, entry: PlanEntry): Promise<FileOutcome> {
	const { board, timer, report, settings } = run.context;
	const start = board.clock.ticks();
	const known = remembered(run, entry);
	const again = run.forced && known?.code !== undefined;
	const conditions = again ? [] : conditionalHeaders(known, board.application.version, () => policyOf(run.context));
	const headers: [string, string][] = [["User-Agent", run.userAgent], ...conditions];
	const credentials = settingsCredentials(settings);
	const exchange = new Exchange({ client: run.client, timer, url: entry.url, headers, credentials });
	let outcome: FileOutcome;
	try {
		outcome = await answer(run, entry, exchange, conditions.length > 0 ? known : undefined);
	} catch (error) {
		const fault = describeError(error);
		outcome = { result: "failed", ...fault, reached: false, retry: mayPass(fault.code) };
	}
	exchange.cancel();
	const ms = board.clock.ticks() - start;
	const { status, bytes } = exchange;
	const record: UpdateRecord = { event: "request", file: entry.file, url: redact(entry.url), status, bytes, ms };
	if (exchange.error !== undefined) record.error = describeError(exchange.error).code;
	report(record);
	return outcome;
}

/** The server asked to wait, and nobody insists. */
function onHold(run: Run, entry: PlanEntry): FileOutcome | undefined {
	const left = run.insistent ? 0 : run.holds.left(entry.url);
	if (left === 0) return undefined;
	const reason = `the server asked to wait, ${Math.ceil(left / 1000)} s are left`;
	return { result: "skipped", code: "UPDATE_RETRY_AFTER", reason, reached: false };
}

/** Longer waits than a run has patience for. @returns what becomes of the file for now */
function hold(run: Run, entry: PlanEntry, outcome: FileOutcome, retryAfterMs: number, chance: number): FileOutcome {
	run.holds.set(entry.url, holdMs(retryAfterMs, chance));
	return { ...outcome, reason: `${outcome.reason} and asks to wait ${Math.ceil(retryAfterMs / 1000)} s` };
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
	const held = onHold(run, entry) ?? judgeWay(run, entry);
	if (held !== undefined) return held;
	run.holds.clear(entry.url);
	for (let failures = 1; ; failures++) {
		const outcome = await attempt(run, entry);
		onOutcome(outcome);
		const { retryAfterMs } = outcome;
		const chance = drawChance((bytes) => board.random(bytes));
		if (retryAfterMs !== undefined && retryAfterMs > patienceMs) return hold(run, entry, outcome, retryAfterMs, chance);
		if (outcome.retry !== true || failures === maxTries) return outcome;
		await sleep(timer, retryDelayMs(failures, chance, retryAfterMs));
	}
}
