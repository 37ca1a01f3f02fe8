// SPDX-License-Identifier: Apache-2.0
//
// What the tools must know of a chip besides its number: where its ROM looks for the second-stage loader, and
// the speed its loader starts at.
// Source: ESP-IDF, components/bootloader/Kconfig.projbuild, BOOTLOADER_OFFSET_IN_FLASH.

import { CHIPS, chipName, type Chip } from "../../modules/image/chips.js";
import { FlashError } from "./error.js";

/** Speed of every ROM loader at its start, and of the firmware's console. */
export const ROM_BAUD = 115200;

/** By chip number; a chip that is not listed cannot be flashed. */
const loaderOffsets: Readonly<Record<number, number>> = {
	0x0000: 0x1000,
	0x0002: 0x1000,
	0x0005: 0,
	0x0009: 0,
	0x000c: 0,
	0x000d: 0,
	0x0010: 0,
	0x0012: 0x2000,
	0x0014: 0,
	0x0017: 0x2000,
};

/** Chips that can be flashed. */
export const FLASHABLE: readonly Chip[] = CHIPS.filter((chip) => chip.id in loaderOffsets);

/** @returns bytes from the start of the flash @throws FlashError FLASH_CHIP */
export function loaderOffset(chip: number): number {
	const offset = loaderOffsets[chip];
	if (offset === undefined) throw new FlashError("FLASH_CHIP", `${chipName(chip)} is no chip this tool can flash`);
	return offset;
}

/** @param name as in `esp32c3` or `ESP32-C3` @throws FlashError FLASH_USAGE */
export function chipByName(name: string): number {
	const plain = (text: string): string => text.toLowerCase().replace("-", "");
	const found = FLASHABLE.find((chip) => plain(chip.name) === plain(name));
	if (found !== undefined) return found.id;
	const known = FLASHABLE.map((chip) => plain(chip.name)).join(", ");
	throw new FlashError("FLASH_USAGE", `no chip "${name}"; known are ${known}`);
}
