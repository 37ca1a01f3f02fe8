// SPDX-License-Identifier: Apache-2.0
//
// Runs the C tests of the loader's hashes and of the partition table reader.

import assert from "node:assert/strict";
import test from "node:test";
import { runCTests } from "./harness/c-tests.js";

test("the loader's hashes and partition table reader do as published (C tests)", () => {
	const titles = runCTests({
		source: "tests/bootloader/units.c",
		with: [
			"hosts/linux/bootloader/otadata.c",
			"hosts/linux/bootloader/sha256.c",
			"hosts/linux/bootloader/sha256-x86.c",
			"hosts/linux/flash/md5.c",
			"hosts/linux/flash/nor.c",
			"hosts/linux/flash/nor-file.c",
			"hosts/linux/flash/partitions.c",
		],
	});
	assert.equal(titles.length, 6);
});
