// SPDX-License-Identifier: Apache-2.0
//
// From an app image as ESP-IDF's build leaves it (the SDK's `xs_esp32.bin`) to a signed .cmp file. The image is taken as
// it is: its description was compiled in, so model and version are compared here, not set.
// Source: ESP-IDF "App image format", "Secure Boot v2".

import { readFileSync } from "node:fs";
import type { ImageSummary } from "../../modules/image/parser.js";
import { FirmwareError } from "./error.js";
import { parseImage } from "./info.js";
import { loadKey, signImage } from "./sign.js";

export interface SignOptions {
	/** File of the app image, not signed yet. */
	app: string;
	/** PEM files of private keys, one to three. */
	keys: readonly string[];
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

/**
 * @returns the image, filled up to the next 4096 bytes, and its signature sector
 * @throws ImageError when the file is damaged or has no description; FirmwareError FIRMWARE_INPUT, FIRMWARE_KEY,
 *   FIRMWARE_MISMATCH, FIRMWARE_SIGNATURE when it is signed already
 */
export function signApp(options: SignOptions): { image: Buffer; summary: ImageSummary } {
	const keys = options.keys.map(loadKey);
	const app = readImageFile(options.app);
	const summary = parseImage(app);
	if (summary.signatures.length > 0) {
		throw new FirmwareError("FIRMWARE_SIGNATURE", `${options.app} is signed already: sign the unsigned image`);
	}
	const { model, version, secureVersion } = summary.description;
	compare("model", options.model, model, "it was compiled in (esp_app_desc, project name)");
	compare("version", options.version, version, "it was compiled in (esp_app_desc, version)");
	compare("secure version", options.secureVersion, secureVersion, "CONFIG_BOOTLOADER_APP_SECURE_VERSION sets it");
	return { image: signImage(app, keys), summary };
}
