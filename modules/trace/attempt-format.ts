// SPDX-License-Identifier: Apache-2.0
//
// An attempt as the bytes of a store record: JSON with keys of one letter, so that it is short and can still be read by people.
// A record that does not read as one is none: it comes from other firmware, or is damaged.

import { decodeUTF8, encodeUTF8 } from "../bytes/text.js";
import { type AttemptFile, attemptLimits, type AttemptRecord, joinReasons, type TrialEnd } from "./attempt.js";

/** Longest record, bytes. */
export const maxAttemptBytes = 2560;

/** Characters of reasons and URLs, tried one after another until the record is short enough. */
const textLimits: readonly number[] = Object.freeze([attemptLimits.text, 40, 0]);

type Fields = Record<string, unknown>;

function fileFields({ file, result, code, reason, url, statuses, bytes, ms }: AttemptFile, limit: number): unknown[] {
	return [file, result, code ?? 0, reason.slice(0, limit), url.slice(0, limit), statuses, bytes, ms];
}

function fields(record: AttemptRecord, limit: number): Fields {
	const { number, count, since, time, causes, requester, after, files, phases, flash } = record;
	const { verdict, version, reason, nextSeconds, trial } = record;
	return {
		n: number,
		...(count === 1 ? {} : { k: count, s: since }),
		t: time,
		c: causes,
		q: requester,
		a: after,
		f: files.map((file) => fileFields(file, limit)),
		p: phases.map(({ phase, ms }) => [phase, ms]),
		w: flash === undefined ? undefined : [flash.bytes, flash.erases, flash.ms],
		v: verdict,
		r: version,
		e: reason === joinReasons(files) ? undefined : reason.slice(0, limit),
		x: nextSeconds,
		b: trial === undefined ? undefined : [trial.result, trial.reason.slice(0, limit), trial.time],
	};
}

/** @returns at most `maxAttemptBytes` for a record within `attemptLimits`; texts are shortened where they must be */
export function encodeAttempt(record: AttemptRecord): Uint8Array {
	let bytes: Uint8Array = new Uint8Array(0);
	for (const limit of textLimits) {
		bytes = encodeUTF8(JSON.stringify(fields(record, limit)));
		if (bytes.length <= maxAttemptBytes) break;
	}
	return bytes;
}

function isText(value: unknown): value is string {
	return typeof value === "string";
}

function isCount(value: unknown): value is number {
	return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function isTime(value: unknown): value is string | null {
	return value === null || isText(value);
}

/** @returns each of `values` as `read` gives it; `undefined` when one of them cannot be read */
function readAll<T>(values: unknown, read: (value: unknown[]) => T | undefined): T[] | undefined {
	if (!Array.isArray(values)) return undefined;
	const items = values.map((value) => (Array.isArray(value) ? read(value) : undefined));
	return items.every((item) => item !== undefined) ? items : undefined;
}

function readFile([file, result, code, reason, url, statuses, bytes, ms]: unknown[]): AttemptFile | undefined {
	if (!isText(file) || !isText(result) || !isText(reason) || !isText(url) || !isCount(bytes) || !isCount(ms))
		return undefined;
	if (!Array.isArray(statuses) || !statuses.every(isCount)) return undefined;
	return { file, result, ...(isText(code) ? { code } : {}), reason, url, statuses, bytes, ms };
}

function readPhase([phase, ms]: unknown[]): AttemptRecord["phases"][number] | undefined {
	return isText(phase) && isCount(ms) ? { phase, ms } : undefined;
}

function readTrial(value: unknown): TrialEnd | undefined {
	if (!Array.isArray(value)) return undefined;
	const [result, reason, time] = value as unknown[];
	if ((result !== "confirmed" && result !== "rolled-back") || !isText(reason) || !isTime(time)) return undefined;
	return { result, reason, time };
}

/** What need not be there. */
function readOptional({ q, a, w, x, b }: Fields): Partial<AttemptRecord> {
	const found: Partial<AttemptRecord> = {};
	if (isText(q)) found.requester = q;
	if (isText(a)) found.after = a;
	if (Array.isArray(w) && w.length === 3 && w.every(isCount)) {
		const [bytes, erases, ms] = w as number[];
		found.flash = { bytes, erases, ms };
	}
	if (isCount(x)) found.nextSeconds = x;
	const trial = readTrial(b);
	if (trial !== undefined) found.trial = trial;
	return found;
}

function parse(bytes: Uint8Array): Fields {
	try {
		const value: unknown = JSON.parse(decodeUTF8(bytes));
		return typeof value === "object" && value !== null ? (value as Fields) : {};
	} catch {
		return {};
	}
}

/** @returns `undefined` for bytes that are no record; never throws */
export function decodeAttempt(bytes: Uint8Array): AttemptRecord | undefined {
	const value = parse(bytes);
	const { n: number, k: count = 1, t: time, s: since = time, c: causes, v: verdict, r: version, e } = value;
	const files = readAll(value.f, readFile);
	const phases = readAll(value.p, readPhase);
	if (files === undefined || phases === undefined || !isCount(number) || !isCount(count) || count < 1) return undefined;
	if (!isTime(time) || !isTime(since) || !isText(verdict) || !isText(version)) return undefined;
	if (!Array.isArray(causes) || !causes.every(isText)) return undefined;
	const reason = isText(e) ? e : joinReasons(files);
	return { number, count, since, time, causes, files, phases, verdict, version, reason, ...readOptional(value) };
}
