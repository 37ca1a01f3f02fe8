// SPDX-License-Identifier: Apache-2.0
//
// The SNMP engine's identity and its time: number of starts, kept in the store with one write a start, and seconds since.
// Sources: RFC 3411 section 5 (SnmpEngineID), RFC 3414 section 2.2 (boots and time).

import type { RecordStore } from "./context.js";

const record = "snmp.boots";
/** Our placeholder; see README.md. */
const enterprise = 63333;
const formatMAC = 3;

/** Boots at this value count as unknown: nothing authenticated is taken (RFC 3414 section 2.2.3). */
export const latchedBoots = 2147483647;

/** @param mac six bytes @returns RFC 3411: enterprise with the highest bit set, format 3, MAC address */
export function engineIDOf(mac: Uint8Array): Uint8Array {
	const id = new Uint8Array(5 + mac.length);
	new DataView(id.buffer).setUint32(0, (0x80000000 + enterprise) >>> 0);
	id[4] = formatMAC;
	id.set(mac, 5);
	return id;
}

/** Counts this start. @returns starts, this one included; `latchedBoots` when that cannot be known or stored */
function countStart(store: RecordStore): number {
	try {
		const stored = store.get(record);
		let boots = 0;
		if (stored !== undefined) {
			if (stored.length !== 4) return latchedBoots;
			boots = new DataView(stored.buffer, stored.byteOffset, 4).getUint32(0);
		}
		if (boots >= latchedBoots - 1) return latchedBoots;
		const value = new Uint8Array(4);
		new DataView(value.buffer).setUint32(0, boots + 1);
		store.commit([{ name: record, value }]);
		return boots + 1;
	} catch {
		return latchedBoots;
	}
}

export class Engine {
	/** 5 to 32 bytes. */
	readonly id: Uint8Array;
	readonly boots: number;
	readonly #ticks: () => number;
	readonly #start: number;

	/**
	 * Counts a start.
	 * @param options.ticks monotonic milliseconds
	 */
	constructor(options: { id: Uint8Array; store: RecordStore; ticks: () => number }) {
		this.id = options.id;
		this.#ticks = options.ticks;
		this.#start = options.ticks();
		this.boots = countStart(options.store);
	}

	/** Seconds since this start. */
	get time(): number {
		return Math.min(latchedBoots, Math.floor((this.#ticks() - this.#start) / 1000));
	}

	/** Hundredths of a second since the board started, as sysUpTime has them. */
	get upTime(): number {
		return Math.floor(this.#ticks() / 10) % 4294967296;
	}
}
