// SPDX-License-Identifier: Apache-2.0
//
// Secure Boot v2 signature blocks (1216 bytes each, up to three in a 4096-byte sector): structure only, no cryptography.
// Takes ECDSA P-256 and RSA-3072 blocks; leaves out P-192 and P-384. Numbers are little endian in the block, big endian here.
// Source: ESP-IDF "Secure Boot v2", signature block format; esp_rom secure_boot.h.
//
// 0 magic 0xE7   1 version (2 RSA, 3 ECDSA)   2 reserved, 0   4 SHA-256 of the image (32)
// RSA:   36 modulus (384)   420 exponent (4)   424 R (384)   808 M' (4)   812 signature (384)
// ECDSA: 36 curve (2 for P-256)   37 X, Y (64)   101 R, S (64)   165 zeros
// 1196 CRC-32 of what precedes   1200 zeros (16)

import { crc32 } from "../bytes/crc32.js";
import { ByteReader } from "../bytes/reader.js";
import { ImageError } from "./error.js";

export const SIGNATURE_BLOCK_LENGTH = 1216;
export const SIGNATURE_SECTOR_LENGTH = 4096;
export const MAX_SIGNATURES = 3;
export const SIGNATURE_MAGIC = 0xe7;
export const SIGNATURE_VERSION_RSA = 2;
export const SIGNATURE_VERSION_ECDSA = 3;
export const SIGNATURE_CRC_OFFSET = 1196;
export const CURVE_P256 = 2;

interface BlockBase {
	/** SHA-256 of the image and its padding, as the signer saw it. */
	digest: Uint8Array;
	/** The bytes whose SHA-256 is the key digest that eFuses (and a trust store) hold. */
	keyRecord: Uint8Array;
	/** RSA-PSS (salt of 32 bytes, 384 bytes) or ECDSA r and s (64 bytes); big endian. */
	signature: Uint8Array;
}

export interface RSASignatureBlock extends BlockBase {
	kind: "rsa-3072";
	/** 384 bytes, big endian. */
	modulus: Uint8Array;
	exponent: number;
}

export interface ECDSASignatureBlock extends BlockBase {
	kind: "ecdsa-p256";
	/** x and y, 32 bytes each, big endian. */
	point: Uint8Array;
}

export type SignatureBlock = RSASignatureBlock | ECDSASignatureBlock;

/** A copy in the other byte order. */
function reversed(bytes: Uint8Array): Uint8Array {
	return new Uint8Array(bytes).reverse();
}

/** Two numbers of 32 bytes, each in the other byte order. */
function reversedPair(bytes: Uint8Array): Uint8Array {
	const output = new Uint8Array(64);
	output.set(reversed(bytes.subarray(0, 32)), 0);
	output.set(reversed(bytes.subarray(32, 64)), 32);
	return output;
}

function refuse(offset: number, message: string): never {
	throw new ImageError("IMAGE_SIGNATURE_FORMAT", offset, message);
}

/** Bytes without meaning must hold the one value the format gives them: nothing rides along unseen. */
function expectZeros(reader: ByteReader, count: number): void {
	for (let i = 0; i < count; i++) {
		const offset = reader.offset;
		if (reader.u8() !== 0) refuse(offset, "reserved byte is not 0");
	}
}

function parseRSA(reader: ByteReader, keyRecord: Uint8Array, digest: Uint8Array): RSASignatureBlock {
	const modulus = reversed(reader.bytes(384));
	const exponent = reader.u32le();
	reader.skip(384 + 4); // R and M' speed up the chip's multiplier; a verifier here derives its own
	const signature = reversed(reader.bytes(384));
	return { kind: "rsa-3072", digest, keyRecord, modulus, exponent, signature };
}

function parseECDSA(reader: ByteReader, keyRecord: Uint8Array, digest: Uint8Array): ECDSASignatureBlock {
	const offset = reader.offset;
	const curve = reader.u8();
	if (curve !== CURVE_P256) refuse(offset, `curve ${curve}, 2 (P-256) wanted`);
	const point = reversedPair(reader.bytes(64));
	const signature = reversedPair(reader.bytes(64));
	expectZeros(reader, 1031);
	return { kind: "ecdsa-p256", digest, keyRecord, point, signature };
}

/**
 * @param input 1216 bytes; the result does not refer to it
 * @param base position of `input` in the image, for the offset in errors (default 0)
 * @throws ImageError IMAGE_SIGNATURE_FORMAT, IMAGE_SIGNATURE_CRC
 */
export function parseSignatureBlock(input: Uint8Array, base = 0): SignatureBlock {
	const reader = new ByteReader(input.subarray(0, SIGNATURE_BLOCK_LENGTH), base);
	if (reader.remaining < SIGNATURE_BLOCK_LENGTH) refuse(base + input.length, "signature block too short");
	if (reader.u8() !== SIGNATURE_MAGIC) refuse(base, "signature block does not start with 0xe7");
	const crcOffset = base + SIGNATURE_CRC_OFFSET;
	const found = new ByteReader(input.subarray(SIGNATURE_CRC_OFFSET)).u32le();
	if (crc32(input.subarray(0, SIGNATURE_CRC_OFFSET)) !== found) {
		throw new ImageError("IMAGE_SIGNATURE_CRC", crcOffset, "CRC of the signature block is wrong");
	}
	const version = reader.u8();
	if (version !== SIGNATURE_VERSION_RSA && version !== SIGNATURE_VERSION_ECDSA) {
		refuse(base + 1, `signature block version ${version}, 2 or 3 wanted`);
	}
	expectZeros(reader, 2);
	const digest = new Uint8Array(reader.bytes(32));
	const rsa = version === SIGNATURE_VERSION_RSA;
	const keyRecord = new Uint8Array(input.subarray(36, rsa ? 812 : 101));
	const block = rsa ? parseRSA(reader, keyRecord, digest) : parseECDSA(reader, keyRecord, digest);
	reader.skip(4);
	expectZeros(reader, 16);
	return block;
}
