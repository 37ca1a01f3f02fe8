// SPDX-License-Identifier: Apache-2.0
//
// Image and segment headers, both ways; chip names.

import test from "node:test";
import assert from "node:assert/strict";
import { CHIPS, chipName } from "../../modules/image/chips.js";
import {
	buildImageHeader,
	buildSegmentHeader,
	checksumOffset,
	parseImageHeader,
	parseSegmentHeader,
} from "../../modules/image/header.js";

// Header of an ESP32-C3 application as esptool writes it: DIO, 80 MHz, 4 MB, revisions v0.3 to v1.99.
const C3 = [
	0xe9, 0x06, 0x02, 0x2f, 0xbc, 0x02, 0x38, 0x40, 0xee, 0, 0, 0, 0x05, 0x00, 0x03, 0x03, 0x00, 0xc7, 0x00, 0, 0, 0, 0,
	1,
];

test("parseImageHeader() reads every field", () => {
	const header = parseImageHeader(Uint8Array.from(C3));
	assert.deepEqual(header, {
		segmentCount: 6,
		spiMode: 2,
		spiSpeed: 15,
		spiSize: 2,
		entry: 0x403802bc,
		wpPin: 0xee,
		spiPinDrive: [0, 0, 0],
		chip: 5,
		minRevisionOld: 3,
		minRevision: 3,
		maxRevision: 199,
		hashAppended: 1,
	});
	assert.deepEqual([...buildImageHeader(header)], C3);
});

test("parseImageHeader() refuses another first byte and short input", () => {
	assert.throws(() => parseImageHeader(Uint8Array.from([0x7f, ...C3.slice(1)])), { code: "IMAGE_MAGIC", offset: 0 });
	assert.throws(() => parseImageHeader(Uint8Array.from(C3.slice(0, 23))), { code: "BYTES_TRUNCATED" });
});

test("segment headers survive both ways", () => {
	const segment = { address: 0xfffffffc, length: 0x12345678 };
	assert.deepEqual(parseSegmentHeader(buildSegmentHeader(segment)), segment);
});

test("checksumOffset() is the last byte of a block of 16", () => {
	assert.deepEqual([0, 1, 14, 15, 16, 31].map(checksumOffset), [15, 15, 15, 15, 31, 31]);
});

test("chipName() knows ESP-IDF's numbers and names unknown ones", () => {
	assert.equal(chipName(0), "ESP32");
	assert.equal(chipName(0x10), "ESP32-H2");
	assert.equal(chipName(0x8664), "Linux x64");
	assert.equal(chipName(0x1234), "chip 0x1234");
	assert.equal(chipName(0x5256), "RISC-V virt");
	assert.equal(CHIPS.length, 15);
});
