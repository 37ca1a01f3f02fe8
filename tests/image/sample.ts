// SPDX-License-Identifier: Apache-2.0
//
// Small images for the tests, built by hand from the format's description and without the packer under tools/.
// Signature blocks have the right form and digest; their signatures are noise.

import { crc32 } from "../../modules/bytes/crc32.js";
import { sha256 } from "../../modules/bytes/sha256.js";
import { buildDescription } from "../../modules/image/description.js";

export const CHIP = 0x8664;
export const MODEL = "upgate";
export const DESCRIPTION_OFFSET = 32;
export const MAX_SIZE = 65536;

export function joined(...parts: Uint8Array[]): Uint8Array {
	const output = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		output.set(part, at);
		at += part.length;
	}
	return output;
}

export function u32(...values: number[]): Uint8Array {
	const output = new Uint8Array(values.length * 4);
	values.forEach((value, index) => new DataView(output.buffer).setUint32(index * 4, value, true));
	return output;
}

/** 24 bytes. */
export function sampleHeader(segments: number): Uint8Array {
	const header = new Uint8Array(24);
	header.set([0xe9, segments, 2, 0x2f, 0, 0, 0, 0x42, 0xee, 0, 0, 0, CHIP & 0xff, CHIP >> 8]);
	header.set([0xff, 0xff], 17);
	header[23] = 1;
	return header;
}

export function sampleDescription(): Uint8Array {
	return buildDescription({ version: "7.00.1", model: MODEL, secureVersion: 3, date: "Nov 22 2026", time: "01:02:03" });
}

export interface Segment {
	address: number;
	data: Uint8Array;
}

/** Adds checksum and hash to a header and segments; `change` may damage what they then cover. */
export function finished(header: Uint8Array, segments: Segment[]): Uint8Array {
	const body = joined(header, ...segments.flatMap(({ address, data }) => [u32(address, data.length), data]));
	let checksum = 0xef;
	for (const { data } of segments) for (const byte of data) checksum ^= byte;
	const tail = new Uint8Array(16 - (body.length % 16));
	tail[tail.length - 1] = checksum;
	const image = joined(body, tail);
	return joined(image, sha256(image));
}

/** An image of two segments; 400 bytes with the default program. */
export function sampleImage(program: Uint8Array = new Uint8Array(40).fill(0x5a)): Uint8Array {
	const segments = [
		{ address: 0x3c000020, data: sampleDescription() },
		{ address: 0x42000000, data: program },
	];
	return finished(sampleHeader(2), segments);
}

export function padded(image: Uint8Array): Uint8Array {
	const output = new Uint8Array(Math.ceil(image.length / 4096) * 4096).fill(0xff);
	output.set(image);
	return output;
}

/** A block of the right form; `change` works on it before the CRC is put in. */
export function sampleBlock(
	kind: "rsa" | "ecdsa",
	digest: Uint8Array,
	change?: (block: Uint8Array) => void,
): Uint8Array {
	const block = new Uint8Array(1216);
	block[0] = 0xe7;
	block[1] = kind === "rsa" ? 2 : 3;
	block.set(digest, 4);
	if (kind === "rsa") for (let i = 36; i < 1196; i++) block[i] = i & 0xff;
	else for (let i = 37; i < 165; i++) block[i] = i;
	if (kind === "ecdsa") block[36] = 2;
	change?.(block);
	block.set(u32(crc32(block.subarray(0, 1196))), 1196);
	return block;
}

export function sector(...blocks: Uint8Array[]): Uint8Array {
	const output = new Uint8Array(4096).fill(0xff);
	blocks.forEach((block, index) => output.set(block, index * 1216));
	return output;
}

/** `image` with padding and a sector of blocks of these kinds. */
export function signedImage(image: Uint8Array, kinds: ("rsa" | "ecdsa")[] = ["ecdsa"]): Uint8Array {
	const covered = padded(image);
	const digest = sha256(covered);
	return joined(covered, sector(...kinds.map((kind) => sampleBlock(kind, digest))));
}
