// SPDX-License-Identifier: Apache-2.0
//
// One file of a run: request, answer by status, retries with back-off, waits that the server asks for. Redirects and
// authentication are the HTTP session's.
// Source: AudioCodes Automatic Update, "Querying provisioning server for updated files"; RFC 9110 section 15.

import type { RangeRequest } from "../http/range.js";
import { redact } from "../http/url.js";
import { drawChance, holdMs, maxTries, patienceMs, retryDelayMs } from "./backoff.js";
import { settingsCredentials } from "./credentials.js";
import { conditionalHeaders, stillHolds, type DownloadRecord } from "./downloads.js";
import { describeError } from "./error.js";
import type { UpdateRecord } from "./events.js";
import { Exchange } from "./exchange.js";
import { judgeScheme } from "./fetch.js";
import { mayPass, statusMayPass } from "./faults.js";
import { isKept } from "./file-kinds.js";
import { takeImage } from "./image-step.js";
import { takeIni } from "./ini-step.js";
import { takeKeptFile } from "./kept-file-step.js";
import type { PartialDownload } from "./journal.js";
import { observeDate, retryAfterOf, type FileOutcome, type Run } from "./outcome.js";
import type { PlanEntry } from "./plan.js";
import { commitOrReport } from "./records.js";
import { policyOf } from "./signature-check.js";
import { idleSlot } from "./slots.js";
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

interface Asked {
	/** What the request is conditional on. */
	known: DownloadRecord | undefined;
	/** The last file from there was refused, and would be again. */
	refused: DownloadRecord | undefined;
	/** What it asks the rest of. */
	part: PartialDownload | undefined;
}

function take(run: Run, entry: PlanEntry, exchange: Exchange, asked: Asked): Promise<FileOutcome> {
	if (entry.file === "ini" || entry.file === "ini2") return takeIni(run, entry, exchange);
	if (entry.file === "cmp") return takeImage(run, entry, exchange, asked);
	return isKept(entry.file) ? takeKeptFile(run, entry, exchange) : takeTLSFile(run, entry, exchange);
}

/** What makes the request conditional. A one-time file is asked for without conditions, unless it was refused. */
function remembered(run: Run, { file, url, once }: PlanEntry): DownloadRecord | undefined {
	const { context, downloads, forced } = run;
	const known = downloads.find(url);
	if (known === undefined || (known.code === undefined ? once : forced)) return undefined;
	if (file === "ini2" && run.iniApplied) return undefined;
	// What an operator has removed is fetched again.
	if (isKept(file) && known.code === undefined && context.files?.has(file) === false) return undefined;
	return stillHolds(known, context.board.application.version, () => policyOf(context)) ? known : undefined;
}

/** A download of firmware that broke and can be gone on with; the other slot is not for writing while a trial is on. */
function findPart({ journal, trial, context }: Run, { file, url }: PlanEntry): PartialDownload | undefined {
	return file === "cmp" && !trial.pending ? journal.find(url, idleSlot(context.board)) : undefined;
}

function rangeOf({ stored, total, validator }: PartialDownload): RangeRequest {
	return { first: stored, total, validator };
}

/** The head of the response is there. */
function judge(run: Run, entry: PlanEntry, exchange: Exchange, asked: Asked): Promise<FileOutcome> {
	const { status } = exchange;
	if (status === 304) return notModified(run, exchange, asked.known);
	if (status === 200) return take(run, entry, exchange, { ...asked, part: undefined });
	if (status === 206 && asked.part !== undefined) return take(run, entry, exchange, asked);
	return refused(run, exchange, asked);
}

async function refused(run: Run, exchange: Exchange, asked: Asked): Promise<FileOutcome> {
	const { status } = exchange;
	await exchange.drain(drainBytes).catch(() => undefined); // the status has said enough
	const reason = `the server answered ${status}`;
	const code = `UPDATE_STATUS_${status}`;
	const outcome: FileOutcome = { result: "failed", code, reason, reached: false, retry: statusMayPass(status) };
	if (status === 416 && asked.part !== undefined) return { ...outcome, startOver: true };
	const retryAfterMs = statusMayPass(status) ? retryAfterOf(run, exchange) : undefined;
	return retryAfterMs === undefined ? outcome : { ...outcome, retryAfterMs };
}

function broken(error: unknown, { part }: Asked): FileOutcome {
	const fault = describeError(error);
	const startOver = part !== undefined && fault.code === "HTTP_CONTENT_RANGE";
	return { result: "failed", ...fault, reached: false, retry: mayPass(fault.code), startOver };
}

/** What a try asks. @param whole for all of the file, whatever is known or there */
function prepare(run: Run, entry: PlanEntry, whole: boolean): Asked {
	const known = whole ? undefined : remembered(run, entry);
	const refused = known?.code === undefined ? undefined : known;
	const part = whole ? undefined : findPart(run, entry);
	return { known: known !== undefined && conditionalHeaders(known).length > 0 ? known : undefined, refused, part };
}

function ask(run: Run, entry: PlanEntry, { known, part }: Asked): Exchange {
	const { settings } = run.context;
	const conditions = known === undefined ? [] : conditionalHeaders(known);
	return new Exchange({
		client: run.client,
		time: run.context,
		url: entry.url,
		headers: [["User-Agent", run.userAgent], ...conditions],
		credentials: entry.foreign === true ? [] : settingsCredentials(settings),
		abort: run.abort,
		...(part === undefined ? {} : { range: rangeOf(part) }),
	});
}

function reportRequest({ context }: Run, { file, url }: PlanEntry, exchange: Exchange, asked: Asked, ms: number): void {
	const { status, bytes, error } = exchange;
	const record: UpdateRecord = { event: "request", file, url: redact(url), status, bytes, ms };
	if (asked.part !== undefined) record.from = asked.part.stored;
	if (error !== undefined) record.error = describeError(error).code;
	context.report(record);
}

/**
 * One try. Never throws. All of a download hangs on this function: each one more that waited between it and the bytes would take a
 * kilobyte of the chip's heap as long.
 * @param whole ask for all of it, whatever is known or there
 */
async function attempt(run: Run, entry: PlanEntry, whole: boolean): Promise<FileOutcome> {
	const { clock } = run.context.board;
	const start = clock.ticks();
	/* The rest runs in a job of its own: on top of its callers, the request took half of the chip's stack for scripts. */
	await undefined;
	const asked = prepare(run, entry, whole);
	const exchange = ask(run, entry, asked);
	let outcome: FileOutcome;
	try {
		await exchange.response();
		outcome = await judge(run, entry, exchange, asked);
	} catch (error) {
		outcome = broken(error, asked);
	} finally {
		exchange.cancel();
	}
	reportRequest(run, entry, exchange, asked, clock.ticks() - start);
	return outcome;
}

/** The download cannot be gone on with: what was noted of it goes, and why is told. */
function startOver({ context, journal }: Run, { file }: PlanEntry, { code, reason }: FileOutcome): void {
	commitOrReport(context, journal.forget());
	const text = `the download could not be gone on with, and starts over: ${reason}`;
	context.report({ event: "file", file, result: "failed", reason: text, ...(code === undefined ? {} : { code }) });
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

export interface FetchHooks {
	/** A server answered completely. */
	onReached(): void;
}

/**
 * Fetches and takes one file, in up to three tries. Never throws.
 * @param hooks told of each try, before the next
 * @returns the outcome of the last try
 */
export async function fetchFile(run: Run, entry: PlanEntry, hooks: FetchHooks): Promise<FileOutcome> {
	const { board, timer } = run.context;
	const held = judgeScheme(run.context.settings, entry) ?? onHold(run, entry) ?? judgeWay(run, entry);
	if (held !== undefined) return held;
	run.holds.clear(entry.url);
	let whole = false;
	for (let failures = 1; ; failures++) {
		let outcome = await attempt(run, entry, whole);
		if (outcome.reached) hooks.onReached();
		if (outcome.startOver === true) {
			startOver(run, entry, outcome);
			whole = true;
			outcome = await attempt(run, entry, whole);
			if (outcome.reached) hooks.onReached();
		}
		const { retryAfterMs } = outcome;
		const chance = drawChance((bytes) => board.random(bytes));
		if (retryAfterMs !== undefined && retryAfterMs > patienceMs) return hold(run, entry, outcome, retryAfterMs, chance);
		if (outcome.retry !== true || failures === maxTries) return outcome;
		await run.abort.sleep(timer, retryDelayMs(failures, chance, retryAfterMs));
		if (run.abort.error !== undefined) return { result: "failed", ...describeError(run.abort.error), reached: false };
	}
}
