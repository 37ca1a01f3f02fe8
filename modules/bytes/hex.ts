// SPDX-License-Identifier: Apache-2.0
//
// Hexadecimal text, two digits a byte and no separators (RFC 4648 section 8).

import { ParseError } from "./error.js";

const LOWER = "0123456789abcdef";
const UPPER = "0123456789ABCDEF";

/** @param upper `true` for A-F, `false` (default) for a-f */
export function toHex(input: Uint8Array, upper = false): string {
	const digits = upper ? UPPER : LOWER;
	/* Not by `join`: on the chip its list takes 32 bytes for each part. */
	let text = "";
	for (let i = 0; i < input.length; i++) text += digits[input[i] >> 4] + digits[input[i] & 15];
	return text;
}

function digit(text: string, index: number): number {
	const code = text.charCodeAt(index);
	if (code >= 0x30 && code <= 0x39) return code - 0x30;
	const letter = code | 0x20;
	if (letter >= 0x61 && letter <= 0x66) return letter - 0x57;
	throw new ParseError("HEX_DIGIT", index, "not a hexadecimal digit");
}

/**
 * @param text an even number of digits of either case
 * @throws ParseError HEX_LENGTH, HEX_DIGIT
 */
export function fromHex(text: string): Uint8Array {
	if (text.length % 2 !== 0) throw new ParseError("HEX_LENGTH", text.length, "odd number of hexadecimal digits");
	const output = new Uint8Array(text.length / 2);
	for (let i = 0; i < output.length; i++) output[i] = (digit(text, 2 * i) << 4) | digit(text, 2 * i + 1);
	return output;
}
