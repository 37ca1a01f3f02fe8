// SPDX-License-Identifier: Apache-2.0
//
// Makes small application images for these tests: two segments, checksum, appended SHA-256, signature sector. Signatures are
// toys, so that these tests run without a cryptographic library: the hash of key and digest stands for one.

import { crc32 } from "../../modules/bytes/crc32.js";
import { fromHex, toHex } from "../../modules/bytes/hex.js";
import { SHA256 } from "../../modules/bytes/sha256.js";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { ByteWriter } from "../../modules/bytes/writer.js";
import { buildDescription } from "../../modules/image/description.js";
import { buildImageHeader, buildSegmentHeader, checksumOffset } from "../../modules/image/header.js";
import { keyRecord, readPublicKey } from "../../modules/image/public-key.js";
import type { SignatureVerifier } from "../../modules/image/trust.js";
import { Random } from "../harness/random.js";

export const testChip = 0x8664;
export const testModel = "gw-test";

export interface ImageFields {
	version: string;
	model?: string;
	chip?: number;
	secureVersion?: number;
	/** Lowest chip revision, default 0. */
	minRevision?: number;
	/** Bytes of the program segment, a multiple of 4. */
	length?: number;
	/** Another seed: another program. */
	seed?: number;
	/** Numbers of toy keys that sign, at most three; default key 1. None: an unsigned image. */
	keys?: readonly number[];
	/** The signatures are not by the keys that they name. */
	forged?: boolean;
	/** The description carries no hash of the program. */
	anonymous?: boolean;
}

function sha256(...parts: Uint8Array[]): Uint8Array {
	const hash = new SHA256();
	for (const part of parts) hash.update(part);
	return hash.digest();
}

function join(parts: Uint8Array[]): Uint8Array {
	const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		result.set(part, at);
		at += part.length;
	}
	return result;
}

/** SubjectPublicKeyInfo of a toy key: a point of P-256 in form only. */
export function toyKey(number: number): Uint8Array {
	const head = fromHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");
	return join([head, new Uint8Array(64).fill(number)]);
}

/** Stands for the mathematics. */
function toySignature(keyRecord: Uint8Array, digest: Uint8Array): Uint8Array {
	const half = sha256(keyRecord, digest);
	return join([half, half]);
}

export const toyVerify: SignatureVerifier = ({ keyRecord, digest, signature }) =>
	toHex(toySignature(keyRecord, digest)) === toHex(signature);

function reversedHalves(bytes: Uint8Array): Uint8Array {
	return join([bytes.slice(0, 32).reverse(), bytes.slice(32).reverse()]);
}

function xorOf(bytes: Uint8Array): number {
	const { length } = bytes;
	let sum = 0;
	for (let i = 0; i < length; i++) sum ^= bytes[i];
	return sum;
}

/** Who signs an image. */
export interface Signer {
	/** SubjectPublicKeyInfo of P-256. */
	key: Uint8Array;
	/** @returns both halves of the signature, big-endian */
	sign: (digest: Uint8Array) => Uint8Array;
}

function toySigner(number: number, forged: boolean): Signer {
	const key = toyKey(number);
	const record = keyRecord(readPublicKey(key));
	return { key, sign: (digest) => toySignature(record, forged ? record.slice(0, 32) : digest) };
}

function block({ key, sign }: Signer, digest: Uint8Array): Uint8Array {
	const writer = new ByteWriter(1216);
	writer.bytes(new Uint8Array([0xe7, 3, 0, 0]));
	writer.bytes(digest);
	writer.bytes(keyRecord(readPublicKey(key)));
	writer.bytes(reversedHalves(sign(digest)));
	writer.fill(1196 - writer.offset);
	const output = new Uint8Array(1216);
	output.set(writer.finish());
	const sum = new ByteWriter(4);
	sum.u32le(crc32(output.subarray(0, 1196)));
	output.set(sum.finish(), 1196);
	return output;
}

/** Adds the signature sector, unless nobody signs. */
export function signImage(image: Uint8Array, signers: readonly Signer[]): Uint8Array {
	if (signers.length === 0) return image;
	const whole = new Uint8Array(Math.ceil(image.length / 4096) * 4096 + 4096).fill(0xff);
	whole.set(image);
	const sector = whole.length - 4096;
	const digest = sha256(whole.subarray(0, sector));
	signers.forEach((signer, index) => whole.set(block(signer, digest), sector + index * 1216));
	return whole;
}

export function buildImage(fields: ImageFields): Uint8Array {
	const program = new Random(fields.seed ?? 1).bytes(fields.length ?? 8000);
	const description = buildDescription({
		version: fields.version,
		model: fields.model ?? testModel,
		secureVersion: fields.secureVersion ?? 0,
		elfSHA256: fields.anonymous === true ? new Uint8Array(32) : sha256(program, encodeUTF8(fields.version)),
	});
	const header = buildImageHeader({
		segmentCount: 2,
		spiMode: 2,
		spiSpeed: 0,
		spiSize: 2,
		entry: 0x42000000,
		wpPin: 0xee,
		spiPinDrive: [0, 0, 0],
		chip: fields.chip ?? testChip,
		minRevisionOld: 0,
		minRevision: fields.minRevision ?? 0,
		maxRevision: 0xffff,
		hashAppended: 1,
	});
	const body = join([
		header,
		buildSegmentHeader({ address: 0x3c000020, length: description.length }),
		description,
		buildSegmentHeader({ address: 0x42000000, length: program.length }),
		program,
	]);
	const image = new Uint8Array(checksumOffset(body.length) + 1);
	image.set(body);
	image[image.length - 1] = 0xef ^ xorOf(description) ^ xorOf(program);
	const signers = (fields.keys ?? [1]).map((number) => toySigner(number, fields.forged === true));
	return signImage(join([image, sha256(image)]), signers);
}
