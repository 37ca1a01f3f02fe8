// SPDX-License-Identifier: Apache-2.0
//
// Chip identities of application images. Source: ESP-IDF, esp_app_format.h, esp_chip_id_t.

/** Our Linux host; the number is used by no Espressif chip. */
export const CHIP_LINUX_X64 = 0x8664;

/** Our host on QEMU's 32-bit RISC-V machine (hosts/riscv-virt); as unused. */
export const CHIP_RISCV_VIRT = 0x5256;

export interface Chip {
	readonly id: number;
	readonly name: string;
}

/** Known chips, by number. */
export const CHIPS: readonly Chip[] = Object.freeze([
	Object.freeze({ id: 0x0000, name: "ESP32" }),
	Object.freeze({ id: 0x0002, name: "ESP32-S2" }),
	Object.freeze({ id: 0x0005, name: "ESP32-C3" }),
	Object.freeze({ id: 0x0009, name: "ESP32-S3" }),
	Object.freeze({ id: 0x000c, name: "ESP32-C2" }),
	Object.freeze({ id: 0x000d, name: "ESP32-C6" }),
	Object.freeze({ id: 0x0010, name: "ESP32-H2" }),
	Object.freeze({ id: 0x0012, name: "ESP32-P4" }),
	Object.freeze({ id: 0x0014, name: "ESP32-C61" }),
	Object.freeze({ id: 0x0017, name: "ESP32-C5" }),
	Object.freeze({ id: 0x0019, name: "ESP32-H21" }),
	Object.freeze({ id: 0x001c, name: "ESP32-H4" }),
	Object.freeze({ id: 0x0020, name: "ESP32-S31" }),
	Object.freeze({ id: CHIP_LINUX_X64, name: "Linux x64" }),
	Object.freeze({ id: CHIP_RISCV_VIRT, name: "RISC-V virt" }),
]);

/** @returns the chip's name, or `chip 0x1234` for an unknown number */
export function chipName(id: number): string {
	for (const chip of CHIPS) if (chip.id === id) return chip.name;
	return `chip 0x${id.toString(16).padStart(4, "0")}`;
}
