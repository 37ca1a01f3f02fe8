// SPDX-License-Identifier: Apache-2.0
//
// The records that tell what an update did and why. Each leaves as one JSON object with `time` and `ticks` added.
// No record holds a secret: URLs are stripped of credentials before they come here.

import type { Clock } from "../ecma419/board.js";

/** What can start a run. */
export type TriggerCause =
	"start-up" | "console" | "interval" | "time-of-day" | "trial" | "retry" | "notify" | "snmp" | "web";

/**
 * End of one file: `not-modified` the server has nothing newer; `same` it sent what is already in use; `refused` the
 * content is not acceptable; `failed` no complete answer; `skipped` not taken now, for a reason of our own.
 */
export type FileResult = "applied" | "installed" | "not-modified" | "same" | "refused" | "failed" | "skipped";

export type Verdict = "nothing-new" | "updated" | "failed" | "confirmed" | "rolled-back";

export type UpdateRecord =
	| { event: "boot"; version: string; model: string; slot: number; reason: string; state: string; mac: string }
	| { event: "trigger"; cause: TriggerCause; requester?: string; effect: "started" | "joined" | "queued" | "ignored" }
	| {
			event: "request";
			file: string;
			url: string;
			status: number;
			bytes: number;
			ms: number;
			from?: number;
			error?: string;
	  }
	| { event: "tls"; host: string; version: string; suite: string; verified: boolean }
	| { event: "file"; file: string; result: FileResult; code?: string; reason: string }
	| { event: "flash"; slot: number; bytes: number; erases: number; ms: number; busyMs?: number }
	| { event: "signature"; verified: true; kind: string; key: string }
	| { event: "signature"; verified: false }
	| {
			event: "firmware";
			action: "switch" | "rollback";
			slot: number;
			result: "done" | "refused";
			code?: string;
			reason: string;
	  }
	| {
			event: "sip";
			result: "triggered" | "joined" | "refused" | "challenged";
			transport: string;
			address: string;
			/** Of the response, 0 for none. */
			status: number;
			reason: string;
			/** Records left out before this one. */
			left?: number;
	  }
	| { event: "restart"; reason: string }
	| { event: "certificate"; warning: string }
	| { event: "verdict"; result: Verdict; version: string; reason: string };

/** An event as it leaves the updater. */
export type StampedRecord = UpdateRecord & {
	/** ISO 8601, `null` while there is no clock. */
	time: string | null;
	/** Milliseconds since start. */
	ticks: number;
};

/** Adds time and ticks. */
export function stamp(record: UpdateRecord, clock: Clock): StampedRecord {
	const now = clock.now();
	return { time: now === undefined ? null : new Date(now).toISOString(), ticks: clock.ticks(), ...record };
}
