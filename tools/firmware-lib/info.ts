// SPDX-License-Identifier: Apache-2.0
//
// Shows a .cmp file and verifies what can be verified without a trust store: checksum, hash, signatures by their own keys.

import { chipName } from "../../modules/image/chips.js";
import { toHex } from "../../modules/bytes/text.js";
import type { ImageSummary } from "../../modules/image/parser.js";
import { ImageParser } from "../../modules/image/parser.js";
import { REVISION_UNSET } from "../../modules/image/header.js";
import { FirmwareError } from "./error.js";
import { keyDigest, signedPart, verifyBlock } from "./sign.js";

/** Largest flash the loader addresses, and so the largest image. */
const MAX_SIZE = 0x1000000;

/** @throws ImageError with code and offset */
export function parseImage(image: Uint8Array): ImageSummary {
	const parser = new ImageParser({ chip: "any", maxSize: MAX_SIZE });
	parser.write(image);
	return parser.end();
}

function revision(value: number): string {
	return value === 0 || value === REVISION_UNSET ? "any" : `v${Math.floor(value / 100)}.${value % 100}`;
}

function address(value: number): string {
	return `0x${value.toString(16).padStart(8, "0")}`;
}

/**
 * @returns lines of text
 * @throws ImageError when the image is damaged; FirmwareError FIRMWARE_SIGNATURE when a signature is not by its own key
 */
export function describeImage(image: Uint8Array): string[] {
	const summary = parseImage(image);
	const { header, description } = summary;
	const lines = [
		`chip            ${chipName(header.chip)}, revision from ${revision(header.minRevision)} to ${revision(header.maxRevision)}`,
		`model           ${description.model}`,
		`version         ${description.version}`,
		`secure version  ${description.secureVersion}`,
		`built           ${description.date} ${description.time}${description.idfVersion && `, IDF ${description.idfVersion}`}`,
		`program SHA-256 ${toHex(description.elfSHA256)}`,
		`entry           ${address(header.entry)}`,
	];
	summary.segments.forEach((segment, index) => {
		lines.push(`segment ${index}       ${address(segment.address)}, ${segment.length} bytes at ${segment.offset}`);
	});
	const whole = summary.length > summary.size ? `, with signature sector ${summary.length}` : "";
	lines.push(`size            ${summary.size} bytes${whole}`);
	lines.push(`checksum        right`, `image SHA-256   ${toHex(summary.sha256)}, right`);
	return [...lines, ...describeSignatures(summary, image)];
}

function describeSignatures(summary: ImageSummary, image: Uint8Array): string[] {
	if (summary.signatures.length === 0) return ["signatures      none"];
	const padded = signedPart(image, summary.size);
	return summary.signatures.map((block, index) => {
		if (!verifyBlock(block, padded)) {
			throw new FirmwareError("FIRMWARE_SIGNATURE", `signature ${index} (${block.kind}) is not by the key beside it`);
		}
		return `signature ${index}     ${block.kind}, right, key ${keyDigest(block)}`;
	});
}
