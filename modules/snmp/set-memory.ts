// SPDX-License-Identifier: Apache-2.0
//
// Remembers what came of the last sets, so that one that is sent again, because the answer was lost or by somebody who has
// recorded it, does nothing twice. A manager gives each request another number (RFC 3416 section 3, request-id).

import { crc32 } from "../bytes/crc32.js";
import type { PDU } from "./pdu.js";
import type { Fault } from "./responder.js";

/** As long as RFC 3414 takes a message for timely. */
const rememberedMs = 150000;
const most = 8;
/** Slots of a 32-bit XS: the object, its five properties, the asker's text. */
const entryBytes = 160;

interface Entry {
	asker: string;
	requestId: number;
	sum: number;
	fault: Fault;
	ticks: number;
}

const none: readonly Entry[] = Object.freeze([]);

export class SetMemory {
	#entries: readonly Entry[] = none;
	readonly #ticks: () => number;

	constructor(ticks: () => number) {
		this.#ticks = ticks;
	}

	/** Bytes, about. */
	get held(): number {
		return this.#entries.length * entryBytes;
	}

	/** @param asker address and port, or the user where that is proved. @returns what came of it, `undefined` of a new one */
	find(asker: string, { requestId, raw }: PDU): Fault | undefined {
		const now = this.#ticks();
		const oldest = this.#entries[0] as Entry | undefined;
		if (oldest !== undefined && now - oldest.ticks > rememberedMs) this.#entries = this.#entries.slice(1);
		const sum = crc32(raw);
		const same = (entry: Entry): boolean =>
			entry.requestId === requestId && entry.sum === sum && entry.asker === asker && now - entry.ticks <= rememberedMs;
		return this.#entries.find(same)?.fault;
	}

	add(asker: string, { requestId, raw }: PDU, fault: Fault): void {
		const entry = { asker, requestId, sum: crc32(raw), fault, ticks: this.#ticks() };
		this.#entries = [...this.#entries.slice(this.#entries.length < most ? 0 : 1), entry];
	}
}
