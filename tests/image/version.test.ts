// SPDX-License-Identifier: Apache-2.0
//
// Order of versions and what is no version.

import test from "node:test";
import assert from "node:assert/strict";
import { compareVersions, parseVersion } from "../../modules/image/version.js";

test("compareVersions() orders fields as numbers, then letters", () => {
	const ascending = [
		"0",
		"0.0.1",
		"6.9",
		"6.60",
		"6.60.1",
		"6.60A",
		"6.60A.317",
		"6.60B.1",
		"6.61",
		"7.00.2",
		"7.00.10",
		"7.00.200.001",
		"7.00.200.2",
		"10",
	];
	ascending.forEach((a, i) => {
		ascending.forEach((b, j) => assert.equal(compareVersions(a, b), Math.sign(i - j), `${a} against ${b}`));
	});
});

test("compareVersions() counts missing fields as 0 and ignores leading zeros and case", () => {
	assert.equal(compareVersions("7", "7.0.00"), 0);
	assert.equal(compareVersions("7.001", "7.1"), 0);
	assert.equal(compareVersions("6.60a", "6.60A"), 0);
	assert.equal(compareVersions("6.60AA", "6.60B"), -1);
	assert.equal(compareVersions("7.0A", "7"), 1);
});

test("parseVersion() names the first character that does not fit", () => {
	const cases: [string, number][] = [
		["", 0],
		["v1", 0],
		["1.", 2],
		[".1", 0],
		["1..2", 2],
		["1.2-rc", 3],
		["1.A", 2],
		["1A2", 2],
		["1 ", 1],
		["1.1234567890", 2],
		["1.2.3.4.5.6.7.8.9.10.11.12.13.14", 31],
	];
	for (const [text, offset] of cases) {
		assert.throws(() => parseVersion(text), { code: "IMAGE_VERSION", offset }, text);
	}
	assert.throws(() => compareVersions("1", "x"), { code: "IMAGE_VERSION", offset: 0 });
});
