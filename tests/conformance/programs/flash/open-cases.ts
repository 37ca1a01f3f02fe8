// SPDX-License-Identifier: Apache-2.0
//
// Opening, closing, listing: what the Moddable SDK's own tests and typings of `embedded:storage/flash` lay down.

import flash from "embedded:storage/flash";
import { type Case, ok, same, throws } from "./cases.js";

const path = "xs_test";

/** `open` with options no typed program could pass. */
const openAny = flash.open as (options?: unknown) => ReturnType<typeof flash.open>;

export const openCases: Case[] = [
	[
		"open() takes the modes r and r+ and the format buffer",
		() => {
			for (const options of [{ path }, { path, mode: "r" }, { path, mode: "r+" }, { path, format: "buffer" }]) {
				openAny(options).close();
			}
		},
	],
	[
		"open() refuses other modes, formats and paths with the SDK's error types",
		() => {
			throws(Error, () => openAny({ path, mode: "rw" }), "mode rw");
			throws(Error, () => openAny({ path, mode: "xyzzy" }), "mode xyzzy");
			throws(Error, () => openAny({ path, mode: undefined }), "mode undefined");
			throws(RangeError, () => openAny({ path, format: "xyzzy" }), "format");
			throws(RangeError, () => openAny({ path, format: "number" }), "format number");
			throws(Error, () => openAny({}), "no path");
			throws(Error, () => openAny({ path: "xyzzy" }), "unknown path");
			throws(Error, () => openAny({ path: "ota_0" }), "an app partition by label");
			throws(TypeError, () => openAny(), "no options");
			throws(TypeError, () => openAny({ path: Symbol() }), "symbol path");
			throws(TypeError, () => openAny({ path, mode: Symbol() }), "symbol mode");
		},
	],
	[
		"an unknown path is an Error, not one of its subclasses",
		() => {
			try {
				openAny({ path: "xyzzy" });
			} catch (error) {
				same(Object.getPrototypeOf(error), Error.prototype, "class");
			}
		},
	],
	[
		"the class cannot be constructed by programs",
		() => {
			const instance = flash.open({ path });
			const Flash = instance.constructor as new () => unknown;
			throws(TypeError, () => new Flash(), "new");
			instance.close();
		},
	],
	[
		"close() may be called twice, and everything else after it is a SyntaxError",
		() => {
			const instance = flash.open({ path });
			instance.close();
			instance.close();
			throws(SyntaxError, () => instance.read(12, 0), "read");
			throws(SyntaxError, () => instance.write(new Uint8Array(12), 0), "write");
			throws(SyntaxError, () => instance.eraseBlock(0), "eraseBlock");
			throws(SyntaxError, () => instance.status(), "status");
		},
	],
	[
		"methods refuse receivers that are no flash with a SyntaxError",
		() => {
			const instance = flash.open({ path });
			for (const receiver of [{}, [], "text", 1, new ArrayBuffer(8), undefined]) {
				throws(SyntaxError, () => instance.read.call(receiver as never, new Uint8Array(5), 0), "read");
				throws(SyntaxError, () => instance.write.call(receiver as never, Uint8Array.of(1), 0), "write");
				throws(SyntaxError, () => instance.eraseBlock.call(receiver as never, 0), "eraseBlock");
				throws(SyntaxError, () => instance.status.call(receiver as never), "status");
			}
			throws(SyntaxError, () => instance.close.call(Object.create(instance) as never), "heir");
			instance.close();
		},
	],
	[
		"format is buffer and nothing else",
		() => {
			const instance = flash.open({ path }) as unknown as { format: string; close(): void };
			same(instance.format, "buffer", "format");
			instance.format = "buffer";
			throws(RangeError, () => (instance.format = "xyzzy"), "format");
			same(instance.format, "buffer", "format stays");
			instance.close();
		},
	],
	[
		"status() tells size, block length and blocks",
		() => {
			const instance = flash.open({ path });
			const { size, blockLength, blocks } = instance.status();
			same(size, 0x20000, "size");
			same(blockLength, 4096, "blockLength");
			same(blocks * blockLength, size, "blocks");
			instance.close();
		},
	],
	[
		"the labels of all partitions can be iterated, and iteration can be left",
		() => {
			const labels = [...flash];
			same(labels.join(), "nvs,otadata,ota_0,ota_1,xs_test,read_only", "labels");
			for (const label of flash) {
				ok(label !== "", "label");
				break;
			}
			const iterator = flash[Symbol.iterator]();
			iterator.next();
			iterator.return?.();
			ok(iterator.next().done, "done after return");
		},
	],
];
