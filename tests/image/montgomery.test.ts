// SPDX-License-Identifier: Apache-2.0
//
// The numbers for the chip's multiplier, against BigInt.

import test from "node:test";
import assert from "node:assert/strict";
import { toHex } from "../../modules/bytes/hex.js";
import { montgomeryConstant, montgomeryR } from "../../modules/image/montgomery.js";
import { Random } from "../harness/random.js";

function expected(modulus: Uint8Array): string {
	return ((1n << 6144n) % BigInt(`0x${toHex(modulus)}`)).toString(16).padStart(768, "0");
}

test("montgomeryR() is 2^6144 mod n for odd n of 3072 bits, the extreme ones too", () => {
	const random = new Random(3072);
	const moduli = Array.from({ length: 40 }, () => random.bytes(384));
	moduli.push(new Uint8Array(384), new Uint8Array(384).fill(0xff), new Uint8Array(384).fill(0x80));
	// Digits of the extremes in a row make the estimate of a quotient digit wrong.
	for (const [head, fill] of [
		[0x80, 0x00],
		[0x80, 0xff],
		[0xff, 0x00],
	]) {
		const modulus = new Uint8Array(384).fill(fill);
		modulus.fill(0, 0, 192);
		modulus[0] = head;
		moduli.push(modulus);
		const other = new Uint8Array(384).fill(0xff);
		other.set([head, 0, 0, fill], 0);
		moduli.push(other);
	}
	for (const modulus of moduli) {
		modulus[0] = modulus[0]! | 0x80;
		modulus[383] = modulus[383]! | 1;
		assert.equal(toHex(montgomeryR(modulus)), expected(modulus), toHex(modulus));
	}
});

test("montgomeryConstant() times n is -1 modulo 2^32", () => {
	const random = new Random(32);
	for (let i = 0; i < 1000; i++) {
		const low = (random.next() | 1) >>> 0;
		assert.equal(Math.imul(montgomeryConstant(low), low), -1);
	}
});
