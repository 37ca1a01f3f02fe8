// SPDX-License-Identifier: Apache-2.0
//
// How much each region of the flash has been erased: the store and the boot choice count over their life, the slots since start.

import type { Command } from "upgate/console/commands";
import { flashCommands, type WearRegion } from "upgate/console/flash-commands";
import type { BootSelector } from "upgate/flash/otadata";
import type { Store } from "upgate/store/store";
import type { StampedRecord } from "upgate/update/events";
import type { Device } from "../modules/ecma419/device.js";
import type { Service } from "./services.js";

const blockBytes = 4096;

export interface WearParts {
	device: Pick<Device, "board" | "storage">;
	selector: BootSelector;
	store: Pick<Store, "status">;
}

export class Wear implements Service {
	readonly #parts: WearParts;
	/** Blocks erased in each slot since start. */
	readonly #erased = [0, 0];

	constructor(parts: WearParts) {
		this.#parts = parts;
	}

	get commands(): Iterable<Command> {
		return flashCommands({ regions: () => this.regions(), store: () => this.#parts.store.status() });
	}

	note(record: StampedRecord): void {
		if (record.event === "flash") this.#erased[record.slot] += Math.ceil(record.bytes / blockBytes);
	}

	*regions(): Iterable<WearRegion> {
		const { device, selector, store } = this.#parts;
		const { erases, blocks } = store.status();
		const sequences = selector.entries().map((entry) => (entry.intact ? entry.sequence : 0));
		yield { name: "store", erases, blocks, since: "since it was made" };
		yield { name: "otadata", erases: Math.max(0, ...sequences), blocks: 2, since: "since the factory" };
		for (const slot of [0, 1] as const) {
			const path = slot === device.board.runningSlot ? "running" : "nextota";
			const flash = device.storage.open({ path, mode: "r" });
			const { blocks: count } = flash.status();
			flash.close();
			yield { name: `ota_${slot}`, erases: this.#erased[slot], blocks: count, since: "since start" };
		}
	}
}
