// SPDX-License-Identifier: Apache-2.0
//
// From the gateway program (built now, or given) to a .cmp file.

import type { KeyObject } from "node:crypto";
import { chmodSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { CHIP_LINUX_X64, CHIP_RISCV_VIRT } from "../../modules/image/chips.js";
import { buildDescription, formatBuildTime } from "../../modules/image/description.js";
import { FirmwareError } from "./error.js";
import { packImage } from "./pack.js";
import { patchProgram, readProgram } from "./program.js";
import { loadKey } from "./sign.js";

/** Project name of an image when none is given. */
export const DEFAULT_MODEL = "upgate";
/** Log2 of 64 KB: what every chip with external flash uses, and what loaders check. */
const MMU_PAGE_SIZE = 16;
/** `idfVersion` stands where ESP-IDF puts its own version; `prefix` is that of the tools' names. */
const platforms = {
	linux: { chip: CHIP_LINUX_X64, prefix: "", idfVersion: "linux" },
	"riscv-virt": { chip: CHIP_RISCV_VIRT, prefix: "riscv64-unknown-elf-", idfVersion: "riscv-virt" },
} as const;

/** What the gateway's program is built for by us. */
export type Platform = keyof typeof platforms;

export interface FirmwareOptions {
	/** 1 to 31 printable ASCII characters. */
	version: string;
	/** Default `upgate`. */
	model?: string;
	/** Default 0. */
	secureVersion?: number;
	/** Private keys or PEM files of them, at most three; none makes an unsigned image. */
	keys?: readonly (string | KeyObject)[];
	/** Default `linux`. */
	platform?: Platform;
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

async function gatewayProgram(platform: Platform): Promise<string> {
	const { build } = await import("../build/index.js");
	const { executable } = await build({ manifest: "manifest.json", platform, name: "gateway" });
	return executable;
}

/** @returns the whole image @throws FirmwareError, ImageError IMAGE_DESCRIPTION */
export async function buildFirmware(options: FirmwareOptions): Promise<Buffer> {
	const keys = (options.keys ?? []).map((key) => (typeof key === "string" ? loadKey(key) : key));
	const platform = options.platform ?? "linux";
	const { chip, prefix, idfVersion } = platforms[platform];
	const elf = options.elf ?? (await gatewayProgram(platform));
	const description = buildDescription({
		version: options.version,
		model: options.model ?? DEFAULT_MODEL,
		secureVersion: options.secureVersion ?? 0,
		...formatBuildTime(options.builtMs ?? buildTime()),
		elfSHA256: readProgram(elf).sha256,
		idfVersion,
		mmuPageSize: MMU_PAGE_SIZE,
	});
	return packImage({ program: patchProgram(elf, description, prefix), description, chip, keys });
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
