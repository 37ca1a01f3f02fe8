// SPDX-License-Identifier: Apache-2.0
//
// The records that tell what an update did and why. Each leaves as one JSON object with `time` and `ticks` added.
// No record holds a secret: URLs are stripped of credentials before they come here.

import type { Board, Clock } from "../ecma419/board.js";
import type { SlotState } from "../flash/select-entry.js";
import { macText } from "./user-agent.js";

/** What can start a run. */
export type TriggerCause =
	"start-up" | "console" | "interval" | "time-of-day" | "dhcp" | "trial" | "retry" | "notify" | "snmp" | "web";

/** A person asked and waits for the answer. */
export function isOperator(cause: TriggerCause): boolean {
	return cause === "console" || cause === "web";
}

/**
 * What became of a trigger: it makes a run, joins the one that begins, has one more run follow the present one, or comes
 * to nothing, because a restart is on its way or the updater is closed.
 */
export type TriggerEffect = "started" | "joined" | "queued" | "ignored";

/** Who takes triggers without a requester. */
export interface Triggered {
	trigger(cause: TriggerCause): TriggerEffect;
}

export interface TriggerOptions {
	/** After the run the gateway restarts when it is idle, even if nothing has changed and even if the run failed. */
	restart?: boolean;
}

/**
 * End of one file: `not-modified` the server has nothing newer; `same` it sent what is already in use; `refused` the
 * content is not acceptable; `failed` no complete answer; `skipped` not taken now, for a reason of our own.
 */
export type FileResult = "applied" | "installed" | "not-modified" | "same" | "refused" | "failed" | "skipped";

/**
 * `updated-in-part`: something was taken, and something else was refused or did not come. `held`: something new lies ready and
 * waits for an operator's word (install-hold.ts).
 */
export type Verdict = "nothing-new" | "updated" | "updated-in-part" | "held" | "failed" | "confirmed" | "rolled-back";

export type UpdateRecord =
	| { event: "boot"; version: string; model: string; slot: number; reason: string; state: string; mac: string }
	| { event: "trigger"; cause: TriggerCause; requester?: string; effect: TriggerEffect; restart?: true }
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
			action: "switch" | "rollback" | "upload";
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
	| { event: "lines"; state: "locked" | "idle" | "cut"; busy: number; reason: string }
	| { event: "restart"; reason: string }
	| { event: "crashes"; count: number; waitMs: number }
	| { event: "certificate"; warning: string }
	| { event: "notice"; topic: "schedule" | "start-up" | "hold" | "dhcp"; text: string }
	| { event: "verdict"; result: Verdict; version: string; reason: string };

/** An event as it leaves the updater. */
export type StampedRecord = UpdateRecord & {
	/** ISO 8601, `null` while there is no clock. */
	time: string | null;
	/** Milliseconds since start. */
	ticks: number;
};

/** What starts, and in which state. */
export function bootRecord(board: Board, state: SlotState): UpdateRecord {
	return {
		event: "boot",
		version: board.application.version,
		model: board.application.name,
		slot: board.runningSlot,
		reason: board.resetReason,
		state: state === "PENDING_VERIFY" ? "pending" : state.toLowerCase(),
		mac: macText(board.mac),
	};
}

/** Adds time and ticks. */
export function stamp(record: UpdateRecord, clock: Clock): StampedRecord {
	const now = clock.now();
	return { time: now === undefined ? null : new Date(now).toISOString(), ticks: clock.ticks(), ...record };
}
