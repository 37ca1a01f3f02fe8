// SPDX-License-Identifier: Apache-2.0
//
// From an app image, as ESP-IDF's build leaves it (the SDK's `xs_esp32.bin`) or signed before, to a signed .cmp file. The
// image is taken as it is: its description was compiled in, so model and version are compared here, not set.
// Source: ESP-IDF "App image format", "Secure Boot v2".

import { readFileSync } from "node:fs";
import type { ImageSummary } from "../../modules/image/parser.js";
import { SIGNATURE_BLOCK_LENGTH } from "../../modules/image/signature.js";
import { FirmwareError } from "./error.js";
import { parseImage } from "./info.js";
import { loadKey, signImage, signedPart } from "./sign.js";

export interface SignOptions {
	/** File of the app image, not signed yet. */
	app: string;
	/** PEM files of private keys. */
	keys: readonly string[];
	/** Signatures that the image has stay, before the new ones; three in all at most. */
	append?: boolean;
	/** What the image must say of itself; default: anything. */
	model?: string;
	version?: string;
	secureVersion?: number;
}

/** @throws FirmwareError FIRMWARE_INPUT */
export function readImageFile(path: string): Buffer {
	try {
		return readFileSync(path);
	} catch (cause) {
		throw new FirmwareError("FIRMWARE_INPUT", `${path}: cannot be read`, { cause });
	}
}

function compare(what: string, wanted: string | number | undefined, found: string | number, hint: string): void {
	if (wanted === undefined || wanted === found) return;
	throw new FirmwareError("FIRMWARE_MISMATCH", `the image's ${what} is ${found}, not ${wanted}: ${hint}`);
}

function signatureBlocks(app: Buffer, { size, signatures }: ImageSummary): Buffer[] {
	const start = signedPart(app, size).length;
	return signatures.map((_, index) => {
		const at = start + index * SIGNATURE_BLOCK_LENGTH;
		return app.subarray(at, at + SIGNATURE_BLOCK_LENGTH);
	});
}

/**
 * @returns the image, filled up to the next 4096 bytes, and its signature sector
 * @throws ImageError when the file is damaged or has no description; FirmwareError FIRMWARE_INPUT, FIRMWARE_KEY,
 *   FIRMWARE_MISMATCH
 */
export function signApp(options: SignOptions): { image: Buffer; summary: ImageSummary; count: number } {
	const keys = options.keys.map(loadKey);
	const app = readImageFile(options.app);
	const summary = parseImage(app);
	const { model, version, secureVersion } = summary.description;
	compare("model", options.model, model, "it was compiled in (esp_app_desc, project name)");
	compare("version", options.version, version, "it was compiled in (esp_app_desc, version)");
	compare("secure version", options.secureVersion, secureVersion, "CONFIG_BOOTLOADER_APP_SECURE_VERSION sets it");
	const kept = options.append === true ? signatureBlocks(app, summary) : [];
	const image = signImage(app.subarray(0, summary.size), keys, kept);
	return { image, summary, count: kept.length + keys.length };
}
