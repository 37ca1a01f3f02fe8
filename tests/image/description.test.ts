// SPDX-License-Identifier: Apache-2.0
//
// esp_app_desc_t: both ways, field limits, build time.

import test from "node:test";
import assert from "node:assert/strict";
import {
	DESCRIPTION_LENGTH,
	buildDescription,
	formatBuildTime,
	parseBuildTime,
	parseDescription,
} from "../../modules/image/description.js";

const FIELDS = {
	version: "7.00.200.001",
	model: "upgate",
	secureVersion: 0xfffffffe,
	date: "Jan  1 2026",
	time: "00:00:00",
	idfVersion: "v6.0",
	elfSHA256: new Uint8Array(32).fill(7),
	minBlockRevision: 100,
	maxBlockRevision: 199,
	mmuPageSize: 16,
	spiFlashMode: 2,
};

test("parseDescription() gives back what buildDescription() was told", () => {
	const bytes = buildDescription(FIELDS);
	assert.equal(bytes.length, DESCRIPTION_LENGTH);
	assert.deepEqual([...bytes.subarray(0, 8)], [0x32, 0x54, 0xcd, 0xab, 0xfe, 0xff, 0xff, 0xff]);
	const description = parseDescription(bytes);
	assert.equal(description.version, FIELDS.version);
	assert.deepEqual(
		{ ...description, elfSHA256: [...description.elfSHA256] },
		{ ...FIELDS, elfSHA256: Array(32).fill(7) },
	);
	assert.deepEqual([...buildDescription(description)], [...bytes]);
});

test("parseDescription() refuses damaged fields at their offset", () => {
	const cases: [number, number[], number][] = [
		[0, [0], 0],
		[16, [0], 16],
		[48, [0], 48],
		[18, [0x1f], 18],
		[19, [0x7f], 19],
		[16, Array(32).fill(0x61) as number[], 16],
		[48, Array(32).fill(0x61) as number[], 48],
		[80, Array(16).fill(0x30) as number[], 80],
		[96, [0xe9], 96],
	];
	for (const [at, bytes, offset] of cases) {
		const input = buildDescription(FIELDS);
		input.set(bytes, at);
		const expected = { code: "IMAGE_DESCRIPTION", offset: 1000 + offset };
		assert.throws(() => parseDescription(input, 1000), expected, `at ${at}`);
	}
	const short = buildDescription(FIELDS).subarray(0, 255);
	assert.throws(() => parseDescription(short), { code: "IMAGE_DESCRIPTION", offset: 255 });
});

test("buildDescription() refuses what does not fit", () => {
	const bad = [{ version: "" }, { model: "" }, { version: "a".repeat(32) }, { model: "\u00e9" }, { model: "\u20ac" }];
	for (const fields of [...bad, { date: "0123456789abcdef" }, { elfSHA256: new Uint8Array(31) }]) {
		assert.throws(() => buildDescription({ ...FIELDS, ...fields }), { code: "IMAGE_DESCRIPTION" });
	}
	assert.throws(() => buildDescription({ ...FIELDS, secureVersion: -1 }), { code: "BYTES_VALUE" });
	assert.equal(parseDescription(buildDescription({ ...FIELDS, version: "a".repeat(31) })).version.length, 31);
});

test("build times are written and read in the C compiler's form", () => {
	assert.deepEqual(formatBuildTime(Date.UTC(2026, 0, 1)), { date: "Jan  1 2026", time: "00:00:00" });
	for (const ms of [Date.UTC(2026, 10, 22, 18, 4, 59), Date.UTC(2000, 1, 29), Date.UTC(1999, 11, 31, 23, 59, 59)]) {
		assert.equal(parseBuildTime(formatBuildTime(ms)), ms);
	}
	for (const date of ["", "anF  1 2026", "Foo  1 2026", "Jan 1 2026", "Jan  1 26"]) {
		assert.equal(parseBuildTime({ date, time: "00:00:00" }), undefined, date);
	}
	assert.equal(parseBuildTime({ date: "Jan  1 2026", time: "0:00:00" }), undefined);
});
