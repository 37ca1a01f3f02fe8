// SPDX-License-Identifier: Apache-2.0
//
// Names of partition types, subtypes and flags in CSV files. Leaves out the types `bootloader` and `partition_table`,
// which describe what lies before the partitions. Source: ESP-IDF, gen_esp32part.py and esp_partition.h.

export const TYPE_APP = 0x00;
export const TYPE_DATA = 0x01;
export const SUBTYPE_OTA_0 = 0x10;
export const SUBTYPE_DATA_OTA = 0x00;

export const TYPES: Readonly<Record<string, number>> = { app: TYPE_APP, data: TYPE_DATA };

const appSubtypes: Record<string, number> = { factory: 0x00, test: 0x20 };
for (let slot = 0; slot < 16; slot++) appSubtypes[`ota_${slot}`] = SUBTYPE_OTA_0 + slot;

const dataSubtypes: Record<string, number> = {
	ota: SUBTYPE_DATA_OTA,
	phy: 0x01,
	nvs: 0x02,
	coredump: 0x03,
	nvs_keys: 0x04,
	efuse: 0x05,
	undefined: 0x06,
	esphttpd: 0x80,
	fat: 0x81,
	spiffs: 0x82,
	littlefs: 0x83,
};

export const FLAGS: Readonly<Record<string, number>> = { encrypted: 1, readonly: 2 };

/** Named subtypes of a type; none for types of our own. */
export function subtypesOf(type: number): Readonly<Record<string, number>> {
	return type === TYPE_APP ? appSubtypes : type === TYPE_DATA ? dataSubtypes : {};
}

function nameOf(names: Readonly<Record<string, number>>, value: number): string {
	const found = Object.entries(names).find(([, number]) => number === value);
	return found === undefined ? `0x${value.toString(16)}` : found[0];
}

export function typeName(type: number): string {
	return nameOf(TYPES, type);
}

export function subtypeName(type: number, subtype: number): string {
	return nameOf(subtypesOf(type), subtype);
}

/** Labels and names come from the flash, where anything may stand: what is not printable ASCII becomes "?". */
export function printable(text: string): string {
	return text.replace(/[^ -~]/g, "?");
}
