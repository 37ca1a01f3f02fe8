// SPDX-License-Identifier: Apache-2.0
//
// What one try for a file asks, what its answer is judged by, and what a server's wish to wait is worth. Leaves out the order of
// all this (file-fetch.ts); redirects and authentication are the HTTP session's.
// Source: AudioCodes Automatic Update, "Querying provisioning server for updated files"; RFC 9110 section 15.

import type { RangeRequest } from "../http/range.js";
import { redact } from "../http/url.js";
import { holdMs } from "./backoff.js";
import { settingsCredentials } from "./credentials.js";
import { conditionalHeaders, stillHolds, type DownloadRecord } from "./downloads.js";
import { describeError } from "./error.js";
import type { UpdateRecord } from "./events.js";
import { Exchange } from "./exchange.js";
import { judgeScheme } from "./fetch.js";
import { mayPass, statusMayPass } from "./faults.js";
import { isKept } from "./file-kinds.js";
import { type BegunImage, takeImage } from "./image-step.js";
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

export interface Asked {
	/** What the request is conditional on. */
	known: DownloadRecord | undefined;
	/** The last file from there was refused, and would be again. */
	refused: DownloadRecord | undefined;
	/** What it asks the rest of. */
	part: PartialDownload | undefined;
}

function take(run: Run, entry: PlanEntry, exchange: Exchange, asked: Asked): Promise<FileOutcome | BegunImage> {
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
export function judge(run: Run, entry: PlanEntry, exchange: Exchange, asked: Asked): Promise<FileOutcome | BegunImage> {
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

export function broken(error: unknown, part: PartialDownload | undefined): FileOutcome {
	const fault = describeError(error);
	const startOver = part !== undefined && fault.code === "HTTP_CONTENT_RANGE";
	return { result: "failed", ...fault, reached: false, retry: mayPass(fault.code), startOver };
}

/** What a try asks. @param whole for all of the file, whatever is known or there */
export function prepare(run: Run, entry: PlanEntry, whole: boolean): Asked {
	const known = whole ? undefined : remembered(run, entry);
	const refused = known?.code === undefined ? undefined : known;
	const part = whole ? undefined : findPart(run, entry);
	return { known: known !== undefined && conditionalHeaders(known).length > 0 ? known : undefined, refused, part };
}

export function ask(run: Run, entry: PlanEntry, { known, part }: Asked): Exchange {
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

export function requestRecord(
	{ file, url }: PlanEntry,
	exchange: Exchange,
	from: number | undefined,
	ms: number,
): UpdateRecord {
	const { status, bytes, error } = exchange;
	const record: UpdateRecord = { event: "request", file, url: redact(url), status, bytes, ms };
	if (from !== undefined) record.from = from;
	if (error !== undefined) record.error = describeError(error).code;
	return record;
}

/** The download cannot be gone on with: what was noted of it goes, and why is told. */
export function startOver({ context, journal }: Run, { file }: PlanEntry, { code, reason }: FileOutcome): void {
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
export function hold(
	run: Run,
	entry: PlanEntry,
	outcome: FileOutcome,
	retryAfterMs: number,
	chance: number,
): FileOutcome {
	run.holds.set(entry.url, holdMs(retryAfterMs, chance));
	return { ...outcome, reason: `${outcome.reason} and asks to wait ${Math.ceil(retryAfterMs / 1000)} s` };
}

/** @returns why a file is not asked for now; `undefined` when it is */
export function holdBack(run: Run, entry: PlanEntry): FileOutcome | undefined {
	return judgeScheme(run.context.settings, entry) ?? onHold(run, entry) ?? judgeWay(run, entry);
}
