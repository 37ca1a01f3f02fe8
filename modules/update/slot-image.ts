// SPDX-License-Identifier: Apache-2.0
//
// The image that lies in a slot: where it ends, what it is, and whether all of it is in order and signed by someone trusted.
// Leaves out who may ask. Source: ESP-IDF "App image format", esp_image_format.c.

import { toHex } from "../bytes/text.js";
import type { Flash } from "../ecma419/flash.js";
import { FlashAccess } from "../flash/access.js";
import { parseDescription } from "../image/description.js";
import { ImageError } from "../image/error.js";
import {
	checksumOffset,
	HASH_LENGTH,
	IMAGE_HEADER_LENGTH,
	parseImageHeader,
	parseSegmentHeader,
	SEGMENT_HEADER_LENGTH,
} from "../image/header.js";
import { ImageParser } from "../image/parser.js";
import { SIGNATURE_MAGIC, SIGNATURE_SECTOR_LENGTH } from "../image/signature.js";
import type { Content } from "./failures.js";
import { hashHead, headBytes } from "./image-judge.js";
import type { UpdateContext } from "./interfaces.js";
import { checkTrust } from "./signature-check.js";
import { sleep } from "./tasks.js";

const pieceBytes = 4096;
const descriptionOffset = IMAGE_HEADER_LENGTH + SEGMENT_HEADER_LENGTH;

function readBytes(access: FlashAccess, offset: number, length: number): Uint8Array {
	if (offset + length > access.size) throw new ImageError("IMAGE_TRUNCATED", offset, "the image leaves the slot");
	const bytes = new Uint8Array(length);
	access.read(bytes, offset);
	return bytes;
}

/** @returns offset behind the appended hash, as the headers say. @throws ImageError, FlashError */
function imageEnd(access: FlashAccess): number {
	let end = IMAGE_HEADER_LENGTH;
	for (let left = parseImageHeader(readBytes(access, 0, IMAGE_HEADER_LENGTH)).segmentCount; left > 0; left--) {
		end += SEGMENT_HEADER_LENGTH + parseSegmentHeader(readBytes(access, end, SEGMENT_HEADER_LENGTH)).length;
	}
	return checksumOffset(end) + 1 + HASH_LENGTH;
}

/** @returns offset behind the signature sector, or behind the image where there is none */
function fileEnd(access: FlashAccess): number {
	const end = imageEnd(access);
	const sector = Math.ceil(end / SIGNATURE_SECTOR_LENGTH) * SIGNATURE_SECTOR_LENGTH;
	if (sector + SIGNATURE_SECTOR_LENGTH > access.size) return end;
	return readBytes(access, sector, 1)[0] === SIGNATURE_MAGIC ? sector + SIGNATURE_SECTOR_LENGTH : end;
}

/**
 * Reads what tells the image of a slot from others; for one that the loader has checked.
 * @throws ImageError, FlashError, ParseError
 */
export function identifyImage(flash: Flash): Content {
	const access = new FlashAccess(flash);
	const head = readBytes(access, 0, headBytes);
	const { version } = parseDescription(head.subarray(descriptionOffset), descriptionOffset);
	const sha256 = toHex(readBytes(access, imageEnd(access) - HASH_LENGTH, HASH_LENGTH));
	return { file: "cmp", sha256, head: hashHead(head), version };
}

/**
 * Checks a whole image as if it came from a server, a piece a turn, and reports by whom it is signed.
 * @param minSecureVersion lowest one taken
 * @param onPiece called before each piece; a throw ends it
 * @throws ImageError, FlashError; whatever `onPiece` throws
 */
export async function checkImage(
	context: UpdateContext,
	flash: Flash,
	minSecureVersion: number,
	onPiece: () => void,
): Promise<Content> {
	const { board, timer } = context;
	const access = new FlashAccess(flash);
	const end = fileEnd(access);
	const { name: model } = board.application;
	const limits = { chip: board.chip, maxSize: access.size, revision: board.chipRevision };
	const parser = new ImageParser({ ...limits, model, minSecureVersion });
	const piece = new Uint8Array(pieceBytes);
	while (parser.offset < end) {
		await sleep(timer, 0);
		onPiece();
		const part = piece.subarray(0, Math.min(piece.length, end - parser.offset));
		access.read(part, parser.offset);
		parser.write(part);
	}
	checkTrust(context, parser.end());
	return identifyImage(flash);
}
