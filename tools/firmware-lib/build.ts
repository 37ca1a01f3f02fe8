// SPDX-License-Identifier: Apache-2.0
//
// From the gateway program (built now, or given) to a .cmp file.

import type { KeyObject } from "node:crypto";
import { chmodSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { buildDescription, formatBuildTime } from "../../modules/image/description.js";
import { FirmwareError } from "./error.js";
import { packImage } from "./pack.js";
import { patchProgram, readProgram } from "./program.js";
import { loadKey } from "./sign.js";

/** Project name of an image when none is given. */
export const DEFAULT_MODEL = "upgate";
/** Log2 of 64 KB: what every chip with external flash uses, and what loaders check. */
const MMU_PAGE_SIZE = 16;
/** Stands where ESP-IDF puts its own version. */
const IDF_VERSION = "linux";

export interface FirmwareOptions {
	/** 1 to 31 printable ASCII characters. */
	version: string;
	/** Default `upgate`. */
	model?: string;
	/** Default 0. */
	secureVersion?: number;
	/** Private keys or PEM files of them, at most three; none makes an unsigned image. */
	keys?: readonly (string | KeyObject)[];
	/** ELF program; default: the gateway is built from the manifest. */
	elf?: string;
	/** Milliseconds since 1970-01-01T00:00Z; default SOURCE_DATE_EPOCH, else now. */
	builtMs?: number;
}

function buildTime(): number {
	const epoch = process.env.SOURCE_DATE_EPOCH;
	if (epoch === undefined) return Date.now();
	if (!/^[0-9]{1,11}$/.test(epoch)) throw new FirmwareError("FIRMWARE_USAGE", "SOURCE_DATE_EPOCH is not a number");
	return Number(epoch) * 1000;
}

async function gatewayProgram(): Promise<string> {
	const { build } = await import("../build/index.js");
	const { executable } = await build({ manifest: "manifest.json", platform: "linux", name: "gateway" });
	return executable;
}

/** @returns the whole image @throws FirmwareError, ImageError IMAGE_DESCRIPTION */
export async function buildFirmware(options: FirmwareOptions): Promise<Buffer> {
	const keys = (options.keys ?? []).map((key) => (typeof key === "string" ? loadKey(key) : key));
	const elf = options.elf ?? (await gatewayProgram());
	const description = buildDescription({
		version: options.version,
		model: options.model ?? DEFAULT_MODEL,
		secureVersion: options.secureVersion ?? 0,
		...formatBuildTime(options.builtMs ?? buildTime()),
		elfSHA256: readProgram(elf).sha256,
		idfVersion: IDF_VERSION,
		mmuPageSize: MMU_PAGE_SIZE,
	});
	return packImage({ program: patchProgram(elf, description), description, keys });
}

/** Writes `path` whole or not at all: servers may hand the file out at any moment. */
export function writeFirmware(path: string, image: Uint8Array): void {
	const temporary = `${path}.${process.pid}.part`;
	try {
		writeFileSync(temporary, image);
		chmodSync(temporary, 0o644);
		renameSync(temporary, path);
	} catch (cause) {
		rmSync(temporary, { force: true });
		throw new FirmwareError("FIRMWARE_OUTPUT", `${path}: cannot be written`, { cause });
	}
}
