// SPDX-License-Identifier: Apache-2.0
//
// The two numbers that an RSA signature block carries for the chip's multiplier: R = 2^6144 mod n and M' = -1/n mod 2^32. Long
// division with digits of 24 bits, because BigInt takes more memory for it than a gateway has. Not constant in time: all is public.
// Sources: ESP-IDF "Secure Boot v2", signature block format; Knuth, TAOCP 4.3.1, algorithm D.

/** Digits of a number of 3072 bits, and the base. */
const DIGITS = 128;
const BASE = 0x1000000;

/** @param bytes 384, big endian @returns digits, lowest first */
function toDigits(bytes: Uint8Array): Uint32Array {
	const digits = new Uint32Array(DIGITS);
	for (let i = 0, at = bytes.length; i < DIGITS; i++) {
		at -= 3;
		digits[i] = (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
	}
	return digits;
}

function toBytes(digits: Uint32Array): Uint8Array {
	const bytes = new Uint8Array(DIGITS * 3);
	for (let i = 0, at = bytes.length; i < DIGITS; i++) {
		at -= 3;
		bytes[at] = digits[i] >> 16;
		bytes[at + 1] = (digits[i] >> 8) & 0xff;
		bytes[at + 2] = digits[i] & 0xff;
	}
	return bytes;
}

/** r + n, without the carry out. @returns the carry */
function add(r: Uint32Array, n: Uint32Array): number {
	let carry = 0;
	for (let i = 0; i < DIGITS; i++) {
		const sum = r[i] + n[i] + carry;
		carry = sum >= BASE ? 1 : 0;
		r[i] = sum - carry * BASE;
	}
	return carry;
}

/** r * BASE mod n, in place; r < n, and the highest bit of n is 1. */
function shift(r: Uint32Array, n: Uint32Array): void {
	// The quotient digit, at most 2 too high because n is normalised.
	const top = r[DIGITS - 1] * BASE + r[DIGITS - 2];
	const quotient = Math.min(BASE - 1, Math.floor(top / n[DIGITS - 1]));
	let high = r[DIGITS - 1];
	let borrow = 0;
	let below = 0; // the digit that moves up
	for (let i = 0; i < DIGITS; i++) {
		const difference = below - quotient * n[i] - borrow; // above -2^49: exact
		below = r[i];
		borrow = -Math.floor(difference / BASE);
		r[i] = difference + borrow * BASE;
	}
	high -= borrow;
	while (high < 0) high += add(r, n);
}

/** @param modulus 384 bytes, big endian, highest bit 1 @returns R, in the same form */
export function montgomeryR(modulus: Uint8Array): Uint8Array {
	const n = toDigits(modulus);
	// 2^3072 mod n is 2^3072 - n: its digits' complement, plus 1.
	const r = new Uint32Array(DIGITS);
	let carry = 1;
	for (let i = 0; i < DIGITS; i++) {
		const digit = BASE - 1 - n[i] + carry;
		carry = digit === BASE ? 1 : 0;
		r[i] = carry === 1 ? 0 : digit;
	}
	for (let i = 0; i < DIGITS; i++) shift(r, n);
	return toBytes(r);
}

/** @param low lowest 32 bits of an odd n @returns M': each step of Newton's iteration doubles the correct bits */
export function montgomeryConstant(low: number): number {
	let inverse = 1;
	for (let i = 0; i < 5; i++) inverse = Math.imul(inverse, 2 - Math.imul(low, inverse));
	return -inverse >>> 0;
}
