// SPDX-License-Identifier: Apache-2.0
//
// modules/bytes/bulk.ts in C, in its place and with its interface: on an ESP32 script takes seconds for what this does in
// milliseconds.

/**
 * XOR of many bytes: the checksum of an image.
 * @param value 0 to 255, what came before
 * @returns `value` XOR all bytes, 0 to 255
 */
export function xorBytes(this: unknown, bytes: Uint8Array, value: number): number {
	return native("xs_bytes_xor").call(this, bytes, value);
}

/**
 * Compares a buffer with a part of another one.
 * @param at where the part begins in `whole`, bytes
 * @returns whether `piece` is what lies there; `false` when it would go beyond the end
 */
export function isPart(this: unknown, piece: Uint8Array, whole: Uint8Array, at: number): boolean {
	return native("xs_bytes_isPart").call(this, piece, whole, at);
}

/** @param value 0 to 255 @returns whether every byte is `value` */
export function isFilled(this: unknown, bytes: Uint8Array, value: number): boolean {
	return native("xs_bytes_isFilled").call(this, bytes, value);
}

/** Most text is ASCII without NUL, and is its own UTF-8. @returns the text; `undefined` where other bytes are in it */
export function asciiText(this: unknown, bytes: Uint8Array): string | undefined {
	return native("xs_bytes_asciiText").call(this, bytes);
}

/** @returns the bytes; `undefined` where other characters than ASCII, or NUL, are in it */
export function asciiBytes(this: unknown, text: string): ArrayBuffer | undefined {
	return native("xs_bytes_asciiBytes").call(this, text);
}
