// SPDX-License-Identifier: Apache-2.0
//
// Reading, programming, erasing: what the Moddable SDK's own tests of `embedded:storage/flash` lay down, and the bounds.

import flash from "embedded:storage/flash";
import { type Case, ok, same, throws } from "./cases.js";

const path = "xs_test";
const block = 4096;
type Flash = ReturnType<typeof flash.open>;

function opened(body: (instance: Flash) => void, mode: "r" | "r+" = "r+"): () => void {
	return () => {
		const instance = flash.open({ path, mode });
		try {
			body(instance);
		} finally {
			instance.close();
		}
	};
}

/** The instance without its types, for arguments no typed program could pass. */
type Loose = Record<"read" | "write" | "eraseBlock", (...values: unknown[]) => unknown>;

function loose(instance: Flash): Loose {
	return instance as unknown as Loose;
}

function all(instance: Flash, offset: number, length: number, value: number): boolean {
	return new Uint8Array(instance.read(length, offset)).every((byte) => byte === value);
}

export const accessCases: Case[] = [
	[
		"write() programs, eraseBlock() erases one block, or from a first to before a last",
		opened((instance) => {
			const { blocks } = instance.status();
			instance.eraseBlock(0, blocks);
			instance.write(new Uint8Array(block), 0);
			instance.write(new Uint8Array(block), (blocks - 1) * block);
			ok(all(instance, 0, block, 0) && all(instance, (blocks - 1) * block, block, 0), "programmed");
			ok(all(instance, block, block, 0xff), "the neighbour is erased");
			instance.eraseBlock(0);
			instance.eraseBlock(blocks - 1);
			ok(all(instance, 0, blocks * block, 0xff), "erased");
			instance.write(new Uint8Array(2 * block), block);
			loose(instance).eraseBlock("1", "3");
			ok(all(instance, block, 2 * block, 0xff), "numbers may be strings");
			instance.write(new Uint8Array(8), 0);
			instance.eraseBlock(0, 0);
			ok(all(instance, 0, 8, 0), "an empty range erases nothing");
		}),
	],
	[
		"bits only fall: raising one is an Error and changes nothing",
		opened((instance) => {
			instance.eraseBlock(0, 2);
			instance.write(Uint8Array.of(0xfe, 0xfc), block - 1);
			instance.write(Uint8Array.of(0xf0, 0xe0), block - 1);
			ok(all(instance, block - 1, 1, 0xf0) && all(instance, block, 1, 0xe0), "over a block's end");
			throws(Error, () => instance.write(Uint8Array.of(0x00, 0xf0), block - 1), "raise");
			ok(all(instance, block - 1, 1, 0xf0), "unchanged");
		}),
	],
	[
		"read() gives an ArrayBuffer, or fills a buffer and gives its length",
		opened((instance) => {
			instance.eraseBlock(0);
			instance.write(Uint8Array.of(1, 2, 3, 4), 10);
			const buffer = instance.read(4, 10);
			ok(buffer instanceof ArrayBuffer && buffer.byteLength === 4, "ArrayBuffer");
			same(new Uint8Array(buffer).join(), "1,2,3,4", "bytes");
			const bytes = new Uint8Array(8);
			same(instance.read(bytes.subarray(2, 5), 11), 3, "count");
			same(bytes.join(), "0,0,2,3,4,0,0,0", "inside a larger buffer");
			same(loose(instance).read(new DataView(bytes.buffer), 10), 8, "DataView");
			same(loose(instance).read(bytes.buffer, 10), 8, "ArrayBuffer as target");
			same((loose(instance).read(0, 0) as ArrayBuffer).byteLength, 0, "no bytes");
			same((loose(instance).read(2.9, 10) as ArrayBuffer).byteLength, 2, "fractions are cut off");
		}),
	],
	[
		"write() takes an ArrayBuffer, and the part of a buffer that a view shows",
		opened((instance) => {
			instance.eraseBlock(0);
			const bytes = Uint8Array.of(9, 8, 7, 6, 5);
			loose(instance).write(bytes.buffer, 0);
			instance.write(bytes.subarray(1, 3), 8);
			same(new Uint8Array(instance.read(12, 0)).join(), "9,8,7,6,5,255,255,255,8,7,255,255", "bytes");
		}),
	],
	[
		"nothing outside the partition can be read, written or erased",
		opened((instance) => {
			const { size, blocks } = instance.status();
			for (const [length, offset] of [
				[1, size],
				[2, size - 1],
				[1, -1],
				[-1, 0],
				[size + 1, 0],
				[0x7fffffff, 1],
				[1, 0x7fffffff],
				[1, -0x80000000],
			] as const) {
				throws(Error, () => instance.read(length, offset), `read(${length}, ${offset})`);
			}
			same(instance.read(0, size).byteLength, 0, "no bytes at the end");
			throws(Error, () => instance.write(new Uint8Array(2), size - 1), "write over the end");
			throws(Error, () => instance.write(new Uint8Array(1), -1), "write before the start");
			throws(Error, () => instance.eraseBlock(blocks), "erase after the end");
			throws(Error, () => instance.eraseBlock(-1), "erase before the start");
			throws(Error, () => instance.eraseBlock(0, blocks + 1), "erase over the end");
			throws(Error, () => instance.eraseBlock(2, 1), "erase backwards");
			throws(Error, () => instance.eraseBlock(0x40000000), "erase far away");
		}),
	],
	[
		"arguments of wrong types are refused with the SDK's error types",
		opened((instance) => {
			const any = loose(instance);
			throws(SyntaxError, () => any.eraseBlock(), "no block");
			throws(TypeError, () => any.eraseBlock(1n), "BigInt block");
			throws(TypeError, () => any.eraseBlock(0, 1n), "BigInt last block");
			throws(SyntaxError, () => any.read(1), "no offset");
			throws(SyntaxError, () => any.write(new Uint8Array(1)), "no offset for write");
			throws(TypeError, () => any.read("12", 0), "text as buffer");
			throws(TypeError, () => any.read({}, 0), "object as buffer");
			throws(TypeError, () => any.read(new Uint16Array(2), 0), "no byte buffer");
			throws(TypeError, () => any.write("text", 0), "text to write");
			throws(TypeError, () => any.write([1, 2], 0), "array to write");
			throws(TypeError, () => any.read(1, Symbol()), "symbol offset");
		}),
	],
	[
		"a partition opened for reading cannot be changed",
		() => {
			opened((instance) => instance.eraseBlock(0))();
			opened((instance) => {
				throws(Error, () => instance.write(new Uint8Array(12), 0), "write");
				throws(Error, () => instance.eraseBlock(0), "erase");
				ok(all(instance, 0, 12, 0xff), "still erased");
			}, "r")();
		},
	],
	[
		"two open instances see the same flash",
		opened((first) => {
			const second = flash.open({ path });
			first.eraseBlock(3);
			first.write(Uint8Array.of(0x12), 3 * block);
			ok(all(second, 3 * block, 1, 0x12), "written by the other");
			second.close();
			ok(all(first, 3 * block, 1, 0x12), "still open");
		}),
	],
	[
		"instances that nobody closes are collected",
		() => {
			for (let i = 0; i < 5000; i++) flash.open({ path });
		},
	],
];
