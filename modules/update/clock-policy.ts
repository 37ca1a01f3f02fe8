// SPDX-License-Identifier: Apache-2.0
//
// When the wall clock may be set from what: at start to the floor (the later of the firmware's build time and the last
// time that was stored), and from the Date of a complete, verified response while nothing better has set it. The first
// connection is thus judged by the floor, which can tell that a certificate has expired but not that it is not valid yet
// (see tls/judge.ts); what it says then sets the clock that later ones are judged by in full.
// A server's clock that runs ahead must not put ours, and then the floor, where no certificate is valid any more: a date is believed
// only as far as the server's own certificates go. Its error is less than the life of a certificate then, and heals when the
// server has a new one.
// Leaves out SNTP. The floor is stored only together with other records: a round that finds nothing new writes nothing.

import { encodeUTF8 } from "../bytes/text.js";
import type { Clock } from "../ecma419/board.js";
import type { RecordChange, RecordStore } from "./interfaces.js";
import { readText } from "./records.js";

/** Name of the store record with the clock floor: decimal milliseconds since 1970. */
export const floorRecord = "clock.floor";

/**
 * How far ahead of the floor a date is believed when it is not known how long the certificates are valid: a little more than the 398
 * days that a certificate of a public authority may be (CA/Browser Forum, Baseline Requirements 6.3.2).
 */
export const mostAheadMs = 400 * 86_400_000;

/** A clock beyond this is a fault of the server, not a date: 2100-01-01T00:00Z. */
const latestMs = 4102444800000;

export class ClockPolicy {
	#clock: Clock;
	#store: RecordStore;
	#floorMs: number;

	/** @param options.builtMs build time of the running firmware, milliseconds since 1970 */
	constructor(options: { clock: Clock; store: RecordStore; builtMs: number }) {
		this.#clock = options.clock;
		this.#store = options.store;
		this.#floorMs = Math.max(options.builtMs, this.stored());
	}

	/** Sets a clock that nothing has set to the floor; a clock set by someone else stays, even below it. */
	start(): void {
		if (this.#clock.source === "none") this.#clock.set(this.#floorMs, "floor");
	}

	/**
	 * Takes the Date of a complete response that came over verified TLS: the caller sees to that.
	 * @param ms milliseconds since 1970; `undefined` is ignored, as is a date before the floor, after `untilMs` or after 2099
	 * @param untilMs when the first certificate of the server's chain ends; default `mostAheadMs` after the floor
	 */
	observe(ms: number | undefined, untilMs = this.#floorMs + mostAheadMs): void {
		if (ms === undefined || ms < this.#floorMs || ms > Math.min(untilMs, latestMs)) return;
		const source = this.#clock.source;
		if (source === "none" || source === "floor") this.#clock.set(ms, "http");
	}

	/** The change to commit with other records so that the next start does not go back behind this moment. */
	floorChange(): RecordChange[] {
		const now = this.#clock.now();
		if (now === undefined || now <= this.stored()) return [];
		return [{ name: floorRecord, value: encodeUTF8(String(Math.floor(now))) }];
	}

	private stored(): number {
		const text = readText(this.#store, floorRecord) ?? "";
		return /^[0-9]{1,15}$/.test(text) ? Number(text) : 0;
	}
}
