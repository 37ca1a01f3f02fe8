// SPDX-License-Identifier: Apache-2.0
//
// Attempts for these tests.

import type { AttemptRecord } from "../../modules/trace/attempt.js";

/** 2025-06-01T12:00:00Z and so many minutes. */
export function at(minutes: number): string {
	return new Date(1748779200000 + minutes * 60000).toISOString();
}

type Attempt = Omit<AttemptRecord, "number" | "count" | "since">;

export function nothingNew(minutes: number, more: Partial<Attempt> = {}): Attempt {
	const file = { file: "ini", result: "not-modified", reason: "nothing new", url: "http://server/a.ini" };
	return {
		time: at(minutes),
		causes: ["interval"],
		files: [{ ...file, statuses: [304], bytes: 0, ms: 20 }],
		phases: [
			{ phase: "ini", ms: 21 },
			{ phase: "verdict", ms: 22 },
		],
		verdict: "nothing-new",
		version: "1.0",
		reason: "ini not-modified: nothing new",
		nextSeconds: 300,
		...more,
	};
}

export function failed(minutes: number, code = "HTTP_CONNECT"): Attempt {
	const file = {
		file: "ini",
		result: "failed",
		code,
		reason: "the connection was not made",
		url: "http://server/a.ini",
	};
	return nothingNew(minutes, {
		files: [{ ...file, statuses: [0, 0, 0], bytes: 0, ms: 15000 }],
		verdict: "failed",
		reason: "ini failed: the connection was not made",
	});
}

export function updated(minutes: number, version = "2.0"): Attempt {
	const file = { file: "cmp", result: "installed", reason: `version ${version} checked`, url: "http://server/f.cmp" };
	return nothingNew(minutes, {
		files: [{ ...file, statuses: [200], bytes: 1000000, ms: 9000 }],
		flash: { bytes: 1000000, erases: 245, ms: 8000 },
		verdict: "updated",
		version,
		reason: `cmp installed: version ${version} checked`,
	});
}
