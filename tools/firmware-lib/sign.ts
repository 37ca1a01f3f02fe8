// SPDX-License-Identifier: Apache-2.0
//
// Secure Boot v2 signature sector: one block a key, ECDSA P-256 or RSA-3072-PSS, made and verified with node:crypto.
// Leaves out other curves and keys in hardware. Source: ESP-IDF "Secure Boot v2", signature block format.

import { constants, createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { crc32 } from "../../modules/bytes/crc32.js";
import {
	CURVE_P256,
	MAX_SIGNATURES,
	SIGNATURE_BLOCK_LENGTH,
	SIGNATURE_CRC_OFFSET,
	SIGNATURE_MAGIC,
	SIGNATURE_SECTOR_LENGTH,
	SIGNATURE_VERSION_ECDSA,
	SIGNATURE_VERSION_RSA,
	type SignatureBlock,
} from "../../modules/image/signature.js";
import { FirmwareError } from "./error.js";

const RSA_BYTES = 384;
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } as const;

/** @throws FirmwareError FIRMWARE_KEY when the file is no private key of a kind that signs images */
export function loadKey(path: string): KeyObject {
	let key: KeyObject;
	try {
		key = createPrivateKey(readFileSync(path));
	} catch (cause) {
		throw new FirmwareError("FIRMWARE_KEY", `${path}: no private key in PEM form`, { cause });
	}
	keyKind(key, path);
	return key;
}

/** @param name of the key in the error */
function keyKind(key: KeyObject, name: string): SignatureBlock["kind"] {
	const details = key.asymmetricKeyDetails;
	if (key.asymmetricKeyType === "ec" && details?.namedCurve === "prime256v1") return "ecdsa-p256";
	if (key.asymmetricKeyType === "rsa" && details?.modulusLength === RSA_BYTES * 8) return "rsa-3072";
	throw new FirmwareError("FIRMWARE_KEY", `${name}: ECDSA P-256 or RSA-3072 wanted`);
}

/** A field of the public key, big endian. */
function publicNumber(key: KeyObject, field: "x" | "y" | "n" | "e", length: number): Buffer {
	const value = createPublicKey(key).export({ format: "jwk" })[field];
	if (typeof value !== "string") throw new FirmwareError("FIRMWARE_KEY", `public key without ${field}`);
	const bytes = Buffer.from(value, "base64url");
	return Buffer.concat([Buffer.alloc(length - bytes.length), bytes]);
}

function littleEndian(bytes: Uint8Array): Buffer {
	return Buffer.from(bytes).reverse();
}

function fromBigInt(value: bigint, length: number): Buffer {
	return littleEndian(Buffer.from(value.toString(16).padStart(length * 2, "0"), "hex"));
}

/** -1 / n modulo 2^32 (Newton's iteration: each step doubles the correct bits). */
function montgomeryConstant(modulus: bigint): number {
	const mask = 0xffffffffn;
	let inverse = 1n;
	for (let i = 0; i < 6; i++) inverse = (inverse * (2n - modulus * inverse)) & mask;
	return Number(-inverse & mask);
}

function fillRSA(block: Buffer, key: KeyObject, image: Uint8Array): void {
	const modulusBytes = publicNumber(key, "n", RSA_BYTES);
	const modulus = BigInt(`0x${modulusBytes.toString("hex")}`);
	littleEndian(modulusBytes).copy(block, 36);
	littleEndian(publicNumber(key, "e", 4)).copy(block, 420);
	fromBigInt((1n << BigInt(RSA_BYTES * 16)) % modulus, RSA_BYTES).copy(block, 424);
	block.writeUInt32LE(montgomeryConstant(modulus), 808);
	littleEndian(sign("sha256", image, { key, ...PSS })).copy(block, 812);
}

function fillECDSA(block: Buffer, key: KeyObject, image: Uint8Array): void {
	const signature = sign("sha256", image, { key, dsaEncoding: "ieee-p1363" });
	block[36] = CURVE_P256;
	littleEndian(publicNumber(key, "x", 32)).copy(block, 37);
	littleEndian(publicNumber(key, "y", 32)).copy(block, 69);
	littleEndian(signature.subarray(0, 32)).copy(block, 101);
	littleEndian(signature.subarray(32, 64)).copy(block, 133);
}

function signatureBlock(image: Uint8Array, key: KeyObject): Buffer {
	const block = Buffer.alloc(SIGNATURE_BLOCK_LENGTH);
	const rsa = keyKind(key, "key") === "rsa-3072";
	block[0] = SIGNATURE_MAGIC;
	block[1] = rsa ? SIGNATURE_VERSION_RSA : SIGNATURE_VERSION_ECDSA;
	createHash("sha256").update(image).digest().copy(block, 4);
	if (rsa) fillRSA(block, key, image);
	else fillECDSA(block, key, image);
	block.writeUInt32LE(crc32(block.subarray(0, SIGNATURE_CRC_OFFSET)), SIGNATURE_CRC_OFFSET);
	return block;
}

/** The image up to its signature sector: filled up with 0xFF to the next 4096 bytes. What signatures cover. */
export function signedPart(image: Uint8Array, size = image.length): Buffer {
	const padded = Buffer.alloc(Math.ceil(size / SIGNATURE_SECTOR_LENGTH) * SIGNATURE_SECTOR_LENGTH, 0xff);
	padded.set(image.subarray(0, size));
	return padded;
}

/**
 * @param image unsigned image
 * @param keys private keys; one block each, in this order
 * @param before blocks of the same image that stand in front; 3 with those of `keys` at most
 * @throws FirmwareError FIRMWARE_KEY
 */
export function signImage(image: Uint8Array, keys: readonly KeyObject[], before: readonly Uint8Array[] = []): Buffer {
	const count = before.length + keys.length;
	if (count > MAX_SIGNATURES) {
		throw new FirmwareError("FIRMWARE_KEY", `${count} signatures, at most ${MAX_SIGNATURES} fit`);
	}
	const padded = signedPart(image);
	const sector = Buffer.alloc(SIGNATURE_SECTOR_LENGTH, 0xff);
	const blocks = [...before, ...keys.map((key) => signatureBlock(padded, key))];
	blocks.forEach((block, index) => sector.set(block, index * SIGNATURE_BLOCK_LENGTH));
	return Buffer.concat([padded, sector]);
}

function base64url(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString("base64url");
}

/** The public key a block carries. @throws Error of node:crypto when it is none (a point off the curve) */
export function blockPublicKey(block: SignatureBlock): KeyObject {
	if (block.kind === "ecdsa-p256") {
		const x = base64url(block.point.subarray(0, 32));
		const y = base64url(block.point.subarray(32));
		return createPublicKey({ format: "jwk", key: { kty: "EC", crv: "P-256", x, y } });
	}
	const exponent = Buffer.alloc(4);
	exponent.writeUInt32BE(block.exponent);
	const e = base64url(exponent.subarray(exponent.findIndex((byte) => byte !== 0)));
	return createPublicKey({ format: "jwk", key: { kty: "RSA", n: base64url(block.modulus), e } });
}

/** Whether the block's signature over `padded` is by the block's own key; says nothing about trust in that key. */
export function verifyBlock(block: SignatureBlock, padded: Uint8Array): boolean {
	try {
		const key = blockPublicKey(block);
		if (block.kind === "rsa-3072") return verify("sha256", padded, { key, ...PSS }, block.signature);
		return verify("sha256", padded, { key, dsaEncoding: "ieee-p1363" }, block.signature);
	} catch {
		return false;
	}
}

/** SHA-256 of the block's key as eFuses hold it (espsecure: digest-sbv2-public-key). */
export function keyDigest(block: SignatureBlock): string {
	return createHash("sha256").update(block.keyRecord).digest("hex");
}
