// SPDX-License-Identifier: Apache-2.0
//
// Public keys that sign firmware: read from SubjectPublicKeyInfo, told by the digest that eFuses hold, and written as PSA takes
// them. ECDSA P-256 and RSA-3072 only. Sources: RFC 5480 section 2, RFC 8017 appendix A.1, RFC 7468 section 13; ESP-IDF "Secure
// Boot v2", signature block format; PSA Crypto API, psa_export_public_key.

import { decodeBase64 } from "../bytes/base64.js";
import { ParseError } from "../bytes/error.js";
import { toHex } from "../bytes/hex.js";
import { ByteReader } from "../bytes/reader.js";
import { sha256 } from "../bytes/sha256.js";
import { decodeLatin1 } from "../bytes/text.js";
import { ByteWriter } from "../bytes/writer.js";
import { DER_TAG, element, readElement, readUnsigned, unsigned } from "./der.js";
import { ImageError } from "./error.js";
import { montgomeryConstant, montgomeryR } from "./montgomery.js";
import { CURVE_P256, type ECDSASignatureBlock, type RSASignatureBlock } from "./signature.js";

const RSA_BYTES = 384;
const POINT_BYTES = 64;
/** Keys in one text. */
const MAX_KEYS = 16;

/** Object identifiers, in hexadecimal: id-ecPublicKey with prime256v1, rsaEncryption. */
const OID = Object.freeze({ ec: "2a8648ce3d0201", p256: "2a8648ce3d030107", rsa: "2a864886f70d010101" } as const);

export type PublicKey =
	Pick<RSASignatureBlock, "kind" | "modulus" | "exponent"> | Pick<ECDSASignatureBlock, "kind" | "point">;

function refuse(offset: number, message: string): never {
	throw new ImageError("IMAGE_KEY", offset, message);
}

/** BIT STRING of whole bytes. */
function readBits(reader: ByteReader): ByteReader {
	const offset = reader.offset;
	const bits = readElement(reader, DER_TAG.bits);
	if (bits[0] !== 0) refuse(offset, "key of broken bytes");
	return new ByteReader(bits.subarray(1), offset);
}

function readPoint(reader: ByteReader): PublicKey {
	if (reader.remaining !== POINT_BYTES + 1 || reader.u8() !== 4)
		refuse(reader.offset, "no uncompressed point of P-256");
	return { kind: "ecdsa-p256", point: new Uint8Array(reader.bytes(POINT_BYTES)) };
}

function readRSA(reader: ByteReader): PublicKey {
	const offset = reader.offset;
	const numbers = new ByteReader(readElement(reader, DER_TAG.sequence), offset);
	reader.expectEnd();
	const modulus = new Uint8Array(readUnsigned(numbers));
	const exponent = readUnsigned(numbers);
	numbers.expectEnd();
	if (modulus.length !== RSA_BYTES || modulus[0] < 0x80)
		refuse(offset, `RSA of ${modulus.length * 8} bits, 3072 wanted`);
	if (exponent.length > 4) refuse(offset, "exponent above 32 bits");
	let value = 0;
	for (const byte of exponent) value = value * 256 + byte;
	return { kind: "rsa-3072", modulus, exponent: value };
}

function readKey(spki: Uint8Array): PublicKey {
	const outer = new ByteReader(spki);
	const whole = new ByteReader(readElement(outer, DER_TAG.sequence));
	outer.expectEnd();
	const algorithm = new ByteReader(readElement(whole, DER_TAG.sequence));
	const name = toHex(readElement(algorithm, DER_TAG.object));
	const key = readBits(whole);
	whole.expectEnd();
	if (name === OID.rsa) {
		readElement(algorithm, DER_TAG.null);
		algorithm.expectEnd();
		return readRSA(key);
	}
	if (name !== OID.ec || toHex(readElement(algorithm, DER_TAG.object)) !== OID.p256) {
		refuse(0, "key of another kind than ECDSA P-256 or RSA-3072");
	}
	algorithm.expectEnd();
	return readPoint(key);
}

/**
 * @param spki SubjectPublicKeyInfo, DER
 * @throws ImageError IMAGE_KEY
 */
export function readPublicKey(spki: Uint8Array): PublicKey {
	try {
		return readKey(spki);
	} catch (error) {
		if (error instanceof ImageError || !(error instanceof ParseError)) throw error;
		return refuse(error.offset, `public key: ${error.message}`);
	}
}

function writeReversed(writer: ByteWriter, bytes: Uint8Array): void {
	writer.bytes(new Uint8Array(bytes).reverse());
}

/** The public key as a signature block carries it: 65 bytes for ECDSA, 776 for RSA. */
export function keyRecord(key: PublicKey): Uint8Array {
	if (key.kind === "ecdsa-p256") {
		const writer = new ByteWriter(1 + POINT_BYTES);
		writer.u8(CURVE_P256);
		writeReversed(writer, key.point.subarray(0, 32));
		writeReversed(writer, key.point.subarray(32));
		return writer.finish();
	}
	const { modulus, exponent } = key;
	const writer = new ByteWriter(RSA_BYTES * 2 + 8);
	writeReversed(writer, modulus);
	writer.u32le(exponent);
	writeReversed(writer, montgomeryR(modulus));
	const low = new ByteReader(modulus.subarray(RSA_BYTES - 4)).u32be();
	if (low % 2 === 0) refuse(0, "RSA modulus is even");
	writer.u32le(montgomeryConstant(low));
	return writer.finish();
}

/**
 * Digest by which a key is trusted or revoked; the one that eFuses hold and espsecure's digest-sbv2-public-key gives.
 * @param spki SubjectPublicKeyInfo, DER
 * @returns 32 bytes
 * @throws ImageError IMAGE_KEY
 */
export function keyDigest(spki: Uint8Array): Uint8Array {
	return sha256(keyRecord(readPublicKey(spki)));
}

/** The key as psa_import_key takes it: uncompressed point, or RSAPublicKey in DER. */
export function psaPublicKey(key: PublicKey): Uint8Array {
	if (key.kind === "ecdsa-p256") {
		const point = new Uint8Array(1 + POINT_BYTES);
		point[0] = 4;
		point.set(key.point, 1);
		return point;
	}
	const writer = new ByteWriter(4);
	writer.u32be(key.exponent);
	const modulus = unsigned(key.modulus);
	const exponent = unsigned(writer.finish());
	const numbers = new Uint8Array(modulus.length + exponent.length);
	numbers.set(modulus);
	numbers.set(exponent, modulus.length);
	return element(DER_TAG.sequence, numbers);
}

const BEGIN = "-----BEGIN PUBLIC KEY-----";
const END = "-----END PUBLIC KEY-----";

/** Base64 lines to bytes. */
function decodeBody(body: string, offset: number): Uint8Array {
	try {
		return decodeBase64(body.split("\r").join("").split("\n").join(""));
	} catch {
		return refuse(offset, "PEM text with something else than Base64 in it");
	}
}

/**
 * All public keys of a text in PEM; text around them is passed over, as RFC 7468 section 2 has it.
 * @returns SubjectPublicKeyInfo of each, DER; none for a text without any
 * @throws ImageError IMAGE_KEY for a key that is cut or not Base64, and for more than 16
 */
export function publicKeysIn(text: Uint8Array): Uint8Array[] {
	const keys: Uint8Array[] = [];
	const characters = decodeLatin1(text);
	for (let at = characters.indexOf(BEGIN); at >= 0; at = characters.indexOf(BEGIN, at + BEGIN.length)) {
		const start = at + BEGIN.length;
		const end = characters.indexOf(END, start);
		if (end < 0) refuse(at, "PEM text without its end line");
		if (keys.length === MAX_KEYS) refuse(at, `more than ${MAX_KEYS} keys`);
		keys.push(decodeBody(characters.slice(start, end), at));
	}
	return keys;
}
