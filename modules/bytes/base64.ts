// SPDX-License-Identifier: Apache-2.0
//
// Base64 with the standard alphabet and padding (RFC 4648 section 4), as strings, or within a buffer where memory is short.
// The decoders take the one canonical form only: no missing padding, no stray bits, and in strings no white space.

import { ParseError } from "./error.js";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** "=" */
const PAD = 0x3d;

/** Encodes with padding, in one line. */
export function encodeBase64(input: Uint8Array): string {
	const parts: string[] = [];
	for (let i = 0; i < input.length; i += 3) {
		const left = input.length - i;
		const word = (input[i] << 16) | ((left > 1 ? input[i + 1] : 0) << 8) | (left > 2 ? input[i + 2] : 0);
		parts.push(
			ALPHABET[word >> 18] +
				ALPHABET[(word >> 12) & 63] +
				(left > 1 ? ALPHABET[(word >> 6) & 63] : "=") +
				(left > 2 ? ALPHABET[word & 63] : "="),
		);
	}
	return parts.join("");
}

function sextet(code: number, index: number): number {
	if (code >= 0x41 && code <= 0x5a) return code - 0x41;
	if (code >= 0x61 && code <= 0x7a) return code - 0x61 + 26;
	if (code >= 0x30 && code <= 0x39) return code - 0x30 + 52;
	if (code === 0x2b) return 62;
	if (code === 0x2f) return 63;
	throw new ParseError("BASE64_CHARACTER", index, "not a character of the Base64 alphabet");
}

/** @throws ParseError BASE64_LENGTH, BASE64_CHARACTER, BASE64_PADDING; offsets count characters */
export function decodeBase64(text: string): Uint8Array {
	if (text.length % 4 !== 0) throw new ParseError("BASE64_LENGTH", text.length, "length is not a multiple of 4");
	const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
	const output = new Uint8Array((text.length / 4) * 3 - padding);
	const digits = text.length - padding;
	let held = 0;
	let bits = 0;
	let at = 0;
	for (let i = 0; i < digits; i++) {
		held = ((held << 6) | sextet(text.charCodeAt(i), i)) & 0xffff;
		bits += 6;
		if (bits < 8) continue;
		bits -= 8;
		output[at++] = held >> bits;
	}
	// Bits that no byte takes must be 0, or two texts would stand for the same bytes.
	if ((held & ((1 << bits) - 1)) !== 0) {
		throw new ParseError("BASE64_PADDING", digits - 1, "stray bits before the padding");
	}
	return output;
}

/** Length of `putBase64` for so many bytes. */
export function base64Length(count: number): number {
	return Math.ceil(count / 3) * 4;
}

/** Encodes with padding into `output` from `at`, without a string. @returns the offset after it */
export function putBase64(output: Uint8Array, at: number, input: Uint8Array): number {
	for (let i = 0; i < input.length; i += 3) {
		const left = input.length - i;
		const word = (input[i] << 16) | ((left > 1 ? input[i + 1] : 0) << 8) | (left > 2 ? input[i + 2] : 0);
		output[at++] = ALPHABET.charCodeAt(word >> 18);
		output[at++] = ALPHABET.charCodeAt((word >> 12) & 63);
		output[at++] = left > 1 ? ALPHABET.charCodeAt((word >> 6) & 63) : PAD;
		output[at++] = left > 2 ? ALPHABET.charCodeAt(word & 63) : PAD;
	}
	return at;
}

/** Space, and the controls from tab to carriage return. */
function isSpace(code: number): boolean {
	return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

/**
 * Decodes a text over itself, white space in it passed over: for texts of which no second copy fits in memory.
 * @param bytes hold the text; what stood there is overwritten, also when it is refused
 * @returns the part of `bytes` that holds the result
 * @throws ParseError BASE64_LENGTH, BASE64_CHARACTER, BASE64_PADDING
 */
export function decodeBase64InPlace(bytes: Uint8Array): Uint8Array {
	let [held, bits, at, digits, padding] = [0, 0, 0, 0, 0];
	for (let i = 0; i < bytes.length; i++) {
		const code = bytes[i];
		if (isSpace(code)) continue;
		if (code === PAD && padding < 2) {
			padding++;
			continue;
		}
		if (padding > 0) throw new ParseError("BASE64_CHARACTER", i, "a character behind the padding");
		held = ((held << 6) | sextet(code, i)) & 0xffff;
		digits++;
		bits += 6;
		if (bits < 8) continue;
		bits -= 8;
		bytes[at++] = held >> bits;
	}
	if ((digits + padding) % 4 !== 0)
		throw new ParseError("BASE64_LENGTH", bytes.length, "not a multiple of 4 characters");
	if ((held & ((1 << bits) - 1)) !== 0)
		throw new ParseError("BASE64_PADDING", bytes.length, "stray bits before the padding");
	return bytes.subarray(0, at);
}
