// SPDX-License-Identifier: Apache-2.0
//
// What runs over every byte of a firmware image, besides its hash. Hosts with C of our own have it in C (modules/bytes/native).

/** Below this a view of words costs more than it saves. */
const short = 64;

/**
 * XOR of many bytes, four at a time where the buffer allows: the checksum of an image.
 * @param value 0 to 255, what came before
 * @returns `value` XOR all bytes, 0 to 255
 */
export function xorBytes(bytes: Uint8Array, value: number): number {
	let sum = value;
	let at = 0;
	if (bytes.length >= short) {
		const head = -bytes.byteOffset & 3;
		while (at < head) sum ^= bytes[at++];
		const words = new Uint32Array(bytes.buffer, bytes.byteOffset + head, (bytes.length - head) >> 2);
		let word = 0;
		for (let i = 0; i < words.length; i++) word ^= words[i];
		sum ^= (word ^ (word >>> 8) ^ (word >>> 16) ^ (word >>> 24)) & 0xff;
		at += words.length * 4;
	}
	while (at < bytes.length) sum ^= bytes[at++];
	return sum;
}

/**
 * Compares a buffer with a part of another one.
 * @param at where the part begins in `whole`, bytes
 * @returns whether `piece` is what lies there; `false` when it would go beyond the end
 */
export function isPart(piece: Uint8Array, whole: Uint8Array, at: number): boolean {
	if (at < 0 || at + piece.length > whole.length) return false;
	for (let i = 0; i < piece.length; i++) if (piece[i] !== whole[at + i]) return false;
	return true;
}

/** @param value 0 to 255 @returns whether every byte is `value` */
export function isFilled(bytes: Uint8Array, value: number): boolean {
	for (let i = 0; i < bytes.length; i++) if (bytes[i] !== value) return false;
	return true;
}

/** Most text is ASCII without NUL, and is its own UTF-8. @returns the text; `undefined` where other bytes are in it */
export function asciiText(bytes: Uint8Array): string | undefined {
	if (bytes.some((byte) => byte === 0 || byte > 0x7f)) return undefined;
	return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** @returns the bytes; `undefined` where other characters than ASCII, or NUL, are in it */
export function asciiBytes(text: string): ArrayBuffer | undefined {
	const bytes = new Uint8Array(text.length);
	let at = 0;
	/* Not by index: the engine counts characters from the beginning of the text each time. */
	for (const character of text) {
		const code = character.charCodeAt(0);
		if (code === 0 || code > 0x7f) return undefined;
		bytes[at++] = code;
	}
	return bytes.buffer;
}
