// SPDX-License-Identifier: Apache-2.0
//
// What ESP-IDF's second-stage loader does to otadata at a boot, for two slots without a factory partition and with
// rollback enabled (bootloader_utility_get_selected_boot_partition, bootloader_utility_load_boot_image), as a model.

import { activeEntry, buildSelectEntry, parseSelectEntry, type SelectEntry } from "../../modules/flash/select-entry.js";
import { BLOCK, type NORFake } from "./nor-fake.js";

function entries(flash: NORFake): [SelectEntry, SelectEntry] {
	return [parseSelectEntry(flash.bytes), parseSelectEntry(flash.bytes.subarray(BLOCK))];
}

/** Rewrites the state only; sequence and CRC stay as they are, right or wrong. */
function setState(flash: NORFake, sector: number, state: "ABORTED" | "PENDING_VERIFY"): void {
	const bytes = flash.bytes.slice(sector * BLOCK, sector * BLOCK + 32);
	bytes.set(buildSelectEntry(1, state).subarray(24, 28), 24);
	flash.eraseBlock(sector);
	flash.write(bytes, sector * BLOCK);
}

/**
 * @param images whether the image in each slot passes the loader's verification
 * @returns the slot that is started, or `undefined` when nothing is bootable
 */
export function boot(flash: NORFake, images: readonly [boolean, boolean]): 0 | 1 | undefined {
	entries(flash).forEach((entry, sector) => {
		if (entry.state === "PENDING_VERIFY") setState(flash, sector, "ABORTED");
	});
	const now = entries(flash);
	const active = activeEntry(now);
	const first = active === undefined ? 0 : now[active].slot;
	if (active !== undefined && now[active].state === "NEW") setState(flash, active, "PENDING_VERIFY");
	const started = images[first] ? first : first === 0 ? 1 : 0;
	if (!images[started]) return undefined;
	if (now.every((entry) => !entry.intact)) {
		flash.eraseBlock(0);
		flash.write(buildSelectEntry(started + 1, "VALID"), 0);
	}
	return started;
}
