// SPDX-License-Identifier: Apache-2.0
//
// What came of one file, the limits of a run, and what the steps of a run share.

import { parseHTTPDate, formatHTTPDate } from "../http/dates.js";
import { parseRetryAfter } from "../http/retry-after.js";
import type { Abort } from "./abort.js";
import type { ClockPolicy } from "./clock-policy.js";
import type { DownloadLog, DownloadRecord } from "./downloads.js";
import type { FileResult } from "./events.js";
import type { Exchange } from "./exchange.js";
import type { GracefulWait } from "./graceful.js";
import type { Holds } from "./holds.js";
import type { InstallHold } from "./install-hold.js";
import type { DownloadJournal } from "./journal.js";
import type { HTTPPort, UpdateContext } from "./interfaces.js";
import type { PlanEntry } from "./plan.js";
import type { Trial } from "./trial.js";

export interface FileOutcome {
	result: FileResult;
	/** Why it was refused or failed; stable. */
	code?: string;
	/** One line for people. */
	reason: string;
	/** The server answered completely, or enough to decide. */
	reached: boolean;
	/** Another try may succeed. */
	retry?: boolean;
	/** How long the server asked to be left alone, milliseconds. */
	retryAfterMs?: number;
	/** The gateway has to restart, and why. */
	restart?: string;
	/** Version of the firmware that starts next, and the slot it lies in. */
	version?: string;
	slot?: 0 | 1;
	/** What was to be the rest of a broken download was not: it is fetched whole, at once. */
	startOver?: boolean;
	/** To be fetched again in a run of its own. */
	again?: boolean;
}

/** While the running state has to prove itself, nothing new is taken: it is fetched again in a run of its own. */
export const onTrial: FileOutcome = Object.freeze({
	result: "skipped",
	code: "UPDATE_ON_TRIAL",
	reason: "what runs is not confirmed yet",
	reached: true,
	again: true,
});

/** One run's surroundings. */
export interface Run {
	context: UpdateContext;
	client: HTTPPort;
	downloads: DownloadLog;
	journal: DownloadJournal;
	trial: Trial;
	clock: ClockPolicy;
	graceful: GracefulWait;
	userAgent: string;
	holds: Holds;
	/** Whether what it brings comes into force. */
	installHold: InstallHold;
	/** An operator may stop it. */
	abort: Abort;
	/** Someone waits for the answer: files on hold are asked for all the same. */
	insistent: boolean;
	/** An operator asked, perhaps because he has changed what a file was refused for: such a file is looked at again. */
	forced: boolean;
	/** An ini has changed something: the second one has to follow, whatever has become of it before. */
	iniApplied: boolean;
}

/** Longest ETag kept, characters. */
export const maxTag = 128;

/** A date in a header as milliseconds, `undefined` when absent or not a date. */
function headerDate(exchange: Pick<Exchange, "header">, name: "date" | "last-modified"): number | undefined {
	const text = exchange.header(name);
	if (text === undefined) return undefined;
	try {
		return parseHTTPDate(text);
	} catch {
		return undefined; // a server's bad date is no reason to drop its file
	}
}

/** A one-time file has been used. */
export function forgetURL({ context: { settings } }: Run, { parameter }: PlanEntry): void {
	settings.reset(parameter);
	settings.save();
}

/** Lets the clock take the Date of a complete response; anybody on the way can write one where nothing was verified. */
export function observeDate(run: Run, exchange: Exchange): void {
	if (exchange.verified) run.clock.observe(headerDate(exchange, "date"), exchange.verifiedUntil);
}

/** @returns milliseconds, `undefined` when the response asks for no wait; a date counts from the server's own Date */
export function retryAfterOf(run: Run, exchange: Exchange): number | undefined {
	const text = exchange.header("retry-after");
	if (text === undefined) return undefined;
	return parseRetryAfter(text, headerDate(exchange, "date") ?? run.context.board.clock.now());
}

/**
 * What to remember of a response. Last-Modified comes before Date, because servers exist (nginx as delivered) that answer
 * 304 only to exactly their own Last-Modified.
 */
export function validatorsOf(exchange: Pick<Exchange, "header">): Pick<DownloadRecord, "modified" | "dated" | "etag"> {
	const modified = headerDate(exchange, "last-modified");
	const etag = exchange.header("etag") ?? "";
	const date = modified ?? headerDate(exchange, "date");
	return {
		modified: date === undefined ? "" : formatHTTPDate(date),
		dated: modified === undefined,
		etag: etag.length > maxTag ? "" : etag,
	};
}
