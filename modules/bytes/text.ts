// SPDX-License-Identifier: Apache-2.0
//
// Strings to bytes and back: UTF-8 (strict, or with U+FFFD for what is not UTF-8) and Latin-1; hexadecimal is hex.ts.
// Leaves out byte order marks: U+FEFF is an ordinary character here. Source: Unicode 15 section 3.9, table 3-7.

import { asciiBytes, asciiText } from "./bulk.js";
import { ParseError } from "./error.js";

// Characters are joined in small groups: a group is one call on the engine's stack, and += alone copies the whole string.
const GROUP = 32;
const REPLACEMENT = 0xfffd;

/** Collects code points into a string without a copy per character. */
class TextBuilder {
	#done = "";
	#group: number[] = [];

	add(codePoint: number): void {
		this.#group.push(codePoint);
		if (this.#group.length === GROUP) this.flush();
	}

	finish(): string {
		this.flush();
		return this.#done;
	}

	private flush(): void {
		if (this.#group.length === 0) return;
		this.#done += String.fromCodePoint(...this.#group);
		this.#group.length = 0;
	}
}

/** @returns the code point of a string of one character; a lone surrogate gives U+FFFD */
function scalarOf(character: string): number {
	const code = character.codePointAt(0) ?? REPLACEMENT;
	return code >= 0xd800 && code <= 0xdfff ? REPLACEMENT : code;
}

function lengthUTF8(code: number): number {
	if (code < 0x80) return 1;
	if (code < 0x800) return 2;
	return code < 0x10000 ? 3 : 4;
}

/** Writes one code point. @returns the offset after it */
function putUTF8(output: Uint8Array, at: number, code: number): number {
	const count = lengthUTF8(code);
	if (count === 1) {
		output[at] = code;
		return at + 1;
	}
	output[at++] = (0xf00 >> count) | (code >> (6 * (count - 1)));
	for (let shift = 6 * (count - 2); shift >= 0; shift -= 6) output[at++] = 0x80 | ((code >> shift) & 0x3f);
	return at;
}

/**
 * Encodes as UTF-8; lone surrogates become U+FFFD. Time is linear where an engine finds the n-th character by walking.
 * @returns a new array of exactly the length needed
 */
export function encodeUTF8(text: string): Uint8Array {
	const ascii = asciiBytes(text);
	if (ascii !== undefined) return new Uint8Array(ascii);
	let length = 0;
	for (const character of text) length += lengthUTF8(scalarOf(character));
	const output = new Uint8Array(length);
	let at = 0;
	for (const character of text) at = putUTF8(output, at, scalarOf(character));
	return output;
}

/** Continuation bytes after `first`, or -1 where no sequence starts with it. */
function continuations(first: number): number {
	if (first < 0x80) return 0;
	if (first < 0xc2) return -1; // continuation byte, or overlong
	if (first < 0xe0) return 1;
	if (first < 0xf0) return 2;
	return first < 0xf5 ? 3 : -1;
}

/** Whether `second` may follow `first`: refuses overlong forms, surrogates and values above U+10FFFF. */
function secondFits(first: number, second: number): boolean {
	if (first === 0xe0) return second >= 0xa0 && second <= 0xbf;
	if (first === 0xed) return second >= 0x80 && second <= 0x9f;
	if (first === 0xf0) return second >= 0x90 && second <= 0xbf;
	if (first === 0xf4) return second >= 0x80 && second <= 0x8f;
	return second >= 0x80 && second <= 0xbf;
}

/**
 * Decodes UTF-8.
 * @param options.fatal `true`: throw at the first fault; `false` (default): U+FFFD for each faulty sequence, as browsers do
 * @throws ParseError UTF8_INVALID at the first byte of the faulty sequence
 */
export function decodeUTF8(input: Uint8Array, options: { fatal?: boolean } = {}): string {
	const ascii = asciiText(input);
	if (ascii !== undefined) return ascii;
	const text = new TextBuilder();
	let at = 0;
	while (at < input.length) {
		const first = input[at];
		const count = continuations(first);
		let code = count <= 0 ? first : first & (0x3f >> count);
		let taken = 1;
		while (taken <= count && at + taken < input.length) {
			const next = input[at + taken];
			if (taken === 1 ? !secondFits(first, next) : (next & 0xc0) !== 0x80) break;
			code = (code << 6) | (next & 0x3f);
			taken++;
		}
		if (taken <= count || count < 0) {
			if (options.fatal === true) throw new ParseError("UTF8_INVALID", at, "not a UTF-8 sequence");
			code = REPLACEMENT;
		}
		text.add(code);
		at += taken;
	}
	return text.finish();
}

/**
 * Encodes as Latin-1, one byte a character.
 * @throws ParseError LATIN1_CHARACTER for a character above U+00FF; offset counts characters
 */
export function encodeLatin1(text: string): Uint8Array {
	const output = new Uint8Array(text.length);
	let at = 0;
	for (const character of text) {
		const code = scalarOf(character);
		if (code > 0xff) throw new ParseError("LATIN1_CHARACTER", at, "character above U+00FF");
		output[at++] = code;
	}
	return output;
}

/** Decodes Latin-1: each byte is the character of that number. Never fails. */
export function decodeLatin1(input: Uint8Array): string {
	const text = new TextBuilder();
	for (let i = 0; i < input.length; i++) text.add(input[i]);
	return text.finish();
}

export { fromHex, toHex } from "./hex.js";
