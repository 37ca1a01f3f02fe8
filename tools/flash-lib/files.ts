// SPDX-License-Identifier: Apache-2.0
//
// Finds the pieces of an image set in a folder, as the SDK's build leaves them (`bootloader.bin`, `partition-table.bin`,
// `ota_data_initial.bin`, one app) or as ESP-IDF's does (the first two in folders of their own).

import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { MemoryFlash } from "../flash-image-lib/memory-flash.js";
import { TABLE_OFFSET } from "../flash-image-lib/partitions.js";
import { writeRecords } from "../flash-image-lib/records.js";
import { factoryRecords } from "../lib/factory-records.js";
import { FlashError } from "./error.js";
import { arrange, readFactory, readTable, type ImageSet } from "./image-set.js";

const NO_APP = ["bootloader.bin", "partition-table.bin", "ota_data_initial.bin", "store.bin"];

export interface ReadOptions {
	/** File name of the app in the folder; default: the one `.cmp`, or else the one other `.bin`. */
	app?: string;
	/** Records for a new store, by name; default: `store.bin` if there is one. */
	records?: Readonly<Record<string, Uint8Array>>;
}

export function readInput(path: string): Buffer {
	try {
		return readFileSync(path);
	} catch (cause) {
		throw new FlashError("FLASH_INPUT", `${path}: cannot be read`, { cause });
	}
}

function readFactoryFolder(factory: string): Record<string, Uint8Array> {
	try {
		return factoryRecords({ factory });
	} catch (cause) {
		throw new FlashError("FLASH_INPUT", cause instanceof Error ? cause.message : String(cause), { cause });
	}
}

/**
 * @param values of --record, which win over files of the folder
 * @param factory folder of --factory
 * @returns contents by name
 * @throws FlashError FLASH_USAGE, FLASH_INPUT
 */
export function readRecords(values?: readonly string[], factory?: string): Record<string, Uint8Array> | undefined {
	if (values === undefined && factory === undefined) return undefined;
	const records = factory === undefined ? {} : readFactoryFolder(factory);
	for (const value of values ?? []) {
		const equals = value.indexOf("=");
		if (equals < 1 || equals === value.length - 1) {
			throw new FlashError("FLASH_USAGE", `--record wants a name and a file, not "${value}"`);
		}
		records[value.slice(0, equals)] = new Uint8Array(readInput(value.slice(equals + 1)));
	}
	return records;
}

function optional(path: string): Buffer | undefined {
	return existsSync(path) ? readInput(path) : undefined;
}

function required(folder: string, name: string, subfolder: string): Buffer {
	const found = optional(join(folder, name)) ?? optional(join(folder, subfolder, name));
	if (found === undefined) throw new FlashError("FLASH_IMAGE", `${folder} has no ${name}`);
	return found;
}

/** A signed .cmp goes before the .bin it was made from. */
function findApp(folder: string): string {
	const names = readdirSync(folder);
	for (const suffix of [".cmp", ".bin"]) {
		const found = names.filter((name) => name.endsWith(suffix) && !NO_APP.includes(name));
		if (found.length > 1) {
			throw new FlashError("FLASH_IMAGE", `${folder} has several apps, choose by --app: ${found.sort().join(", ")}`);
		}
		if (found.length === 1) return found[0];
	}
	throw new FlashError("FLASH_IMAGE", `${folder} has no app: a .cmp or .bin file`);
}

/** A whole partition `store` with these records. @throws FlashError FLASH_IMAGE */
function makeStore(table: Uint8Array, records: Readonly<Record<string, Uint8Array>>): Uint8Array {
	const store = readTable(table).find(({ label }) => label === "store");
	if (store === undefined) throw new FlashError("FLASH_IMAGE", "the partition table has no partition store");
	const bytes = new Uint8Array(store.size).fill(0xff);
	try {
		writeRecords(new MemoryFlash(bytes), Object.entries(records));
	} catch (cause) {
		const text = cause instanceof Error ? cause.message : String(cause);
		throw new FlashError("FLASH_IMAGE", `the records do not go into the store: ${text}`, { cause });
	}
	return bytes;
}

function readFolder(folder: string, options: ReadOptions): ImageSet {
	const table = required(folder, "partition-table.bin", "partition_table");
	const app = options.app ?? findApp(folder);
	const { records } = options;
	return arrange({
		bootloader: required(folder, "bootloader.bin", "bootloader"),
		table,
		app: readInput(join(folder, app)),
		appName: app,
		otadata: optional(join(folder, "ota_data_initial.bin")),
		store: records === undefined ? optional(join(folder, "store.bin")) : makeStore(table, records),
	});
}

/**
 * Reads what is to be flashed.
 * @param path folder of pieces, or a factory image
 * @throws FlashError FLASH_INPUT, FLASH_IMAGE, FLASH_SIZE, FLASH_CHIP, FLASH_USAGE
 */
export function readImages(path: string, options: ReadOptions = {}): ImageSet {
	if (!existsSync(path)) throw new FlashError("FLASH_INPUT", `${path}: not there`);
	if (statSync(path).isDirectory()) return readFolder(path, options);
	if (options.app !== undefined || options.records !== undefined) {
		throw new FlashError("FLASH_USAGE", `${path} is a whole image: --app and --record are for a folder of pieces`);
	}
	const bytes = readInput(path);
	if (bytes.length <= TABLE_OFFSET) {
		throw new FlashError("FLASH_IMAGE", `${path} is no factory image; a single app goes into a folder with its loader`);
	}
	return readFactory(bytes, basename(path));
}
