// SPDX-License-Identifier: Apache-2.0
//
// Runs the C tests of the flash model, built with AddressSanitizer and UndefinedBehaviorSanitizer.

import assert from "node:assert/strict";
import test from "node:test";
import { runCTests } from "../../bootloader/harness/c-tests.js";

const suites = [
	{ source: "nor-test.c", subject: "the flash model keeps the rules of NOR flash", count: 10 },
	{ source: "nor-file-test.c", subject: "the flash file is safe", count: 4 },
];

for (const { source, subject, count } of suites) {
	test(`${subject} (C tests)`, () => {
		const titles = runCTests({
			source: `tests/conformance/flash/${source}`,
			with: ["hosts/linux/flash/nor.c", "hosts/linux/flash/nor-file.c"],
			include: ["hosts/linux/flash"],
		});
		assert.equal(titles.length, count);
	});
}
