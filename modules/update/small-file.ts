// SPDX-License-Identifier: Apache-2.0
//
// What the steps of files that are taken as they are have in common: gathering a small one, refusing it so that it is not looked
// at again, and what becomes of its URL.

import { UpdateError, type Fault } from "./error.js";
import type { Exchange } from "./exchange.js";
import { forgetURL, validatorsOf, type FileOutcome, type Run } from "./outcome.js";
import type { PlanEntry } from "./plan.js";

/** Codes of a body that is too long, and of one without a byte. */
export interface GatherCodes {
	size: string;
	empty: string;
}

/** @returns the whole body, or why it is none to look into */
export async function gather(exchange: Exchange, most: number, codes: GatherCodes): Promise<Uint8Array | Fault> {
	const { length } = exchange;
	const size = length === undefined ? `more than ${most}` : `${length}`;
	const tooLong = { code: codes.size, reason: `${size} bytes, limit ${most}` };
	if (length !== undefined && length > most) return tooLong;
	// One byte more than fits shows a body that is longer than it says, or says nothing.
	const buffer = new Uint8Array((length ?? most) + 1);
	let held = 0;
	while (held < buffer.length) {
		const count = await exchange.read(buffer.subarray(held));
		if (count === 0) break;
		held += count;
	}
	if (held === buffer.length) return tooLong;
	if (held === 0) return { code: codes.empty, reason: "the file is empty" };
	return buffer.subarray(0, held);
}

export function isFault(received: Uint8Array | Fault): received is Fault {
	return "code" in received;
}

export const failedBefore: Fault = Object.freeze({
	code: "UPDATE_FAILED_BEFORE",
	reason: "this file failed its trial",
});

/** Refused: its URL stays, and the decision is remembered for this version. @param hash of the content; empty when not known */
export function refuse(run: Run, entry: PlanEntry, exchange: Exchange, hash: string, fault: Fault): FileOutcome {
	const { store, board } = run.context;
	const record = { ...validatorsOf(exchange), sha256: hash, version: board.application.version, ...fault };
	const changes = run.downloads.remember(entry.url, record);
	if (changes.length > 0) store.commit([...changes, ...run.clock.floorChange()]);
	return { result: "refused", ...fault, reached: true };
}

/** A server that ignores conditions, or gives nothing to make them from, sends the refused file again and again. */
export function refusedBefore(run: Run, entry: PlanEntry, hash: string): FileOutcome | undefined {
	const known = run.forced ? undefined : run.downloads.find(entry.url);
	if (known?.code === undefined || known.sha256 !== hash) return undefined;
	if (known.version !== run.context.board.application.version) return undefined;
	const reason = `still the file that was refused: ${known.reason ?? known.code}`;
	return { result: "same", code: known.code, reason, reached: true };
}

/** Taken, or found to be what is there: a one-time URL is forgotten; the file of another is asked for conditionally from now on. */
export function settle(run: Run, entry: PlanEntry, exchange: Exchange, sha256: string): void {
	if (entry.once) return forgetURL(run, entry);
	const changes = run.downloads.remember(entry.url, { ...validatorsOf(exchange), sha256, version: "" });
	if (changes.length > 0) run.context.store.commit([...changes, ...run.clock.floorChange()]);
}

/** A fault of this program: a file came to a step that is not for it. */
export function wrongStep(file: string): UpdateError {
	return new UpdateError("UPDATE_INTERNAL", `${file} is no file of this kind`);
}
