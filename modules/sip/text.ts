// SPDX-License-Identifier: Apache-2.0
//
// Bytes to text and back, a byte a character, for the short texts of messages: with what engines do natively, as each request goes
// through here several dozen times. Texts of ours are ASCII; what strangers wrote may be any byte.

/** Arguments of one call: each lies on the engine's stack. */
const group = 32;

function characters(bytes: Uint8Array, start: number, end: number): string {
	return String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]);
}

/** Bytes `start` to `end` as Latin-1. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
	if (end - start <= group) return characters(bytes, start, end);
	let text = "";
	for (let at = start; at < end; at += group) text += characters(bytes, at, Math.min(end, at + group));
	return text;
}

/** Bytes of a text without characters above U+00FF. */
export function bytesOf(text: string): Uint8Array {
	const { length } = text;
	const bytes = new Uint8Array(length);
	for (let at = 0; at < length; at++) bytes[at] = text.charCodeAt(at);
	return bytes;
}

/** Bytes `start` to `end` on one line: the line ends of folds are spaces. */
export function unfolded(bytes: Uint8Array, start: number, end: number): Uint8Array {
	const part = bytes.slice(start, end);
	for (let at = part.indexOf(0x0d); at >= 0; at = part.indexOf(0x0d, at + 2)) part[at] = part[at + 1] = 0x20;
	return part;
}
