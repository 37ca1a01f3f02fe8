// SPDX-License-Identifier: Apache-2.0
//
// The flash as a gateway sees it: the partitions of the chip by name, with every handle in the ledger. When the power is cut
// nothing throws: what the gateway does in the rest of that turn changes nothing any more, and then it is gone.

import type { Flash, FlashStatus, FlashStorage } from "upgate/ecma419/flash";
import { PowerCut } from "../../fakes/flash.js";
import type { Chip, PartitionName } from "../../powercut/chip.js";
import type { Ledger } from "./ledger.js";

interface Power {
	chip: Chip;
	ledger: Ledger;
	/** Bytes written to the store are added. */
	onWrite: (partition: PartitionName, bytes: number) => void;
	onCut: () => void;
}

class ChipFlash implements Flash {
	readonly #power: Power;
	readonly #name: PartitionName;
	readonly #flash: Flash;
	readonly #readOnly: boolean;
	#closed = false;

	constructor(power: Power, name: PartitionName, readOnly: boolean) {
		this.#power = power;
		this.#name = name;
		this.#flash = power.chip.partition(name);
		this.#readOnly = readOnly;
		power.ledger.add("flash", this, () => undefined);
	}

	read(byteLength: number, byteOffset: number): ArrayBuffer;
	read(buffer: Uint8Array, byteOffset: number): number;
	read(target: number | Uint8Array, byteOffset: number): ArrayBuffer | number {
		this.#check(false);
		if (typeof target === "number")
			return this.#powered(() => this.#flash.read(target, byteOffset)) ?? new ArrayBuffer(target);
		return this.#powered(() => this.#flash.read(target, byteOffset)) ?? target.length;
	}

	write(buffer: Uint8Array, byteOffset: number): void {
		this.#check(true);
		const bytes = buffer instanceof Uint8Array ? buffer : new Uint8Array(buffer);
		this.#power.onWrite(this.#name, bytes.length);
		this.#powered(() => this.#flash.write(bytes, byteOffset));
	}

	eraseBlock(start: number, end = start + 1): void {
		this.#check(true);
		this.#powered(() => this.#flash.eraseBlock(start, end));
	}

	status(): FlashStatus {
		this.#check(false);
		return this.#flash.status();
	}

	close(): void {
		this.#closed = true;
		this.#power.ledger.remove(this);
	}

	#check(writes: boolean): void {
		if (this.#closed) throw new SyntaxError("closed");
		if (writes && this.#readOnly) throw new Error("read-only");
	}

	#powered<T>(operation: () => T): T | undefined {
		try {
			return operation();
		} catch (error) {
			if (!(error instanceof PowerCut)) throw error;
			this.#power.onCut();
			return undefined;
		}
	}
}

export function makeStorage(power: Power, runningSlot: 0 | 1): FlashStorage {
	const running: PartitionName = runningSlot === 0 ? "slot0" : "slot1";
	const names: Record<string, PartitionName | undefined> = {
		otadata: "otadata",
		store: "store",
		running,
		nextota: runningSlot === 0 ? "slot1" : "slot0",
	};
	return {
		open: ({ path, mode }) => {
			const name = names[path];
			if (name === undefined) throw new Error("can't find partition");
			return new ChipFlash(power, name, mode === "r" || name === running);
		},
	};
}
