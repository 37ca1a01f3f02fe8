// SPDX-License-Identifier: Apache-2.0
//
// Program slots, partitions marked read-only, and the account of flash operations. The program runs from slot 1.

import flash from "embedded:storage/flash";
import { flashStatistics } from "upgate/linux/flash-statistics";
import { type Case, ok, same, throws } from "./cases.js";

function firstByte(path: string): number {
	const instance = flash.open({ path, mode: "r" });
	const [byte] = new Uint8Array(instance.read(1, 0));
	instance.close();
	return byte;
}

export const slotCases: Case[] = [
	[
		"running is the slot the program was started from, nextota the other one",
		() => {
			same(firstByte("running"), 0x11, "running");
			same(firstByte("nextota"), 0x10, "nextota");
		},
	],
	[
		"the slot the program runs from can be opened r+ but neither written nor erased",
		() => {
			const instance = flash.open({ path: "running", mode: "r+" });
			throws(Error, () => instance.write(Uint8Array.of(0), 100), "write");
			throws(Error, () => instance.eraseBlock(0), "erase");
			instance.close();
			same(firstByte("running"), 0x11, "unchanged");
		},
	],
	[
		"the other slot can be erased by 64 KB blocks and written",
		() => {
			const instance = flash.open({ path: "nextota" });
			const before = flashStatistics();
			const { blocks } = instance.status();
			instance.eraseBlock(0, blocks);
			const after = flashStatistics();
			same(after.blockErases - before.blockErases, blocks / 16, "block erases");
			same(after.sectorErases - before.sectorErases, 0, "sector erases");
			instance.write(Uint8Array.of(0x10), 0);
			same(firstByte("nextota"), 0x10, "written");
			instance.close();
		},
	],
	[
		"a partition with the flag readonly cannot be changed",
		() => {
			const instance = flash.open({ path: "read_only" });
			throws(Error, () => instance.write(Uint8Array.of(0), 0), "write");
			throws(Error, () => instance.eraseBlock(0), "erase");
			instance.close();
		},
	],
	[
		"flashStatistics() counts pages, bytes, erases and busy time",
		() => {
			const instance = flash.open({ path: "xs_test" });
			instance.eraseBlock(0);
			const before = flashStatistics();
			instance.write(new Uint8Array(512), 0);
			instance.eraseBlock(1, 3);
			instance.read(100, 0);
			const after = flashStatistics();
			same(after.programs - before.programs, 2, "programs");
			same(after.bytes - before.bytes, 512, "bytes");
			same(after.sectorErases - before.sectorErases, 2, "sector erases");
			same(after.busyMicroseconds - before.busyMicroseconds, 2 * 700 + 2 * 45000, "busy");
			same(after.reads - before.reads, 1, "reads");
			same(after.bytesRead - before.bytesRead, 100, "bytes read");
			instance.close();
		},
	],
	[
		"an operation that is refused is not counted",
		() => {
			const instance = flash.open({ path: "xs_test" });
			instance.write(Uint8Array.of(0), 0);
			const before = flashStatistics();
			throws(Error, () => instance.write(Uint8Array.of(1), 0), "raise a bit");
			ok(JSON.stringify(flashStatistics()) === JSON.stringify(before), "same figures");
			instance.close();
		},
	],
];
