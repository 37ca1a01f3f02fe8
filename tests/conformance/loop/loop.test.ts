// SPDX-License-Identifier: Apache-2.0
//
// Runs the C tests of the event loop, built with AddressSanitizer and UndefinedBehaviorSanitizer.

import assert from "node:assert/strict";
import test from "node:test";
import { runCTests } from "../../bootloader/harness/c-tests.js";

test("the event loop keeps order, bounds and cancellation (C tests)", () => {
	const titles = runCTests({
		source: "tests/conformance/loop/loop-test.c",
		with: ["hosts/linux/loop/loop.c", "hosts/linux/loop/loop-time.c"],
		include: ["hosts/linux/loop"],
	});
	assert.equal(titles.length, 11);
});
