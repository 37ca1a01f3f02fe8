// SPDX-License-Identifier: Apache-2.0
//
// Images the loader starts, and those it refuses with what it says. Each image is whole but for the one fault named.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";
import { CHIP_LINUX_X64 } from "../../modules/image/chips.js";
import { buildDescription } from "../../modules/image/description.js";
import { type ImageHeader, buildImageHeader, buildSegmentHeader, checksumOffset } from "../../modules/image/header.js";
import { MAC, runBoard } from "./harness/board.js";
import { inTemporaryFolder } from "./harness/c-tests.js";
import {
	SLOT_OFFSETS,
	SLOT_SIZE,
	compileFirmware,
	damage,
	makeFlash,
	packFirmware,
	writeFlash,
} from "./harness/flash.js";

interface Parts {
	header?: Partial<ImageHeader>;
	segments?: Uint8Array[];
	/** in place of the lengths of the segments */
	lengths?: number[];
	checksumOff?: number;
	hashOff?: number;
}

const description = buildDescription({ version: "1.0", model: "test" });
const elf = Buffer.concat([Buffer.from("\x7fELF", "latin1"), Buffer.alloc(1000)]);

function image(parts: Parts): Buffer {
	const segments = parts.segments ?? [description, elf];
	const header: ImageHeader = {
		segmentCount: segments.length,
		spiMode: 0,
		spiSpeed: 0,
		spiSize: 0,
		entry: 0,
		wpPin: 0,
		spiPinDrive: [0, 0, 0],
		chip: CHIP_LINUX_X64,
		minRevisionOld: 0,
		minRevision: 0,
		maxRevision: 0,
		hashAppended: 1,
		...parts.header,
	};
	const pieces = segments.flatMap((data, index) => [
		buildSegmentHeader({ address: 0, length: parts.lengths?.[index] ?? data.length }),
		data,
	]);
	const body = Buffer.concat([buildImageHeader(header), ...pieces]);
	const tail = Buffer.alloc(checksumOffset(body.length) + 1 - body.length);
	const sum = segments.reduce((value, data) => data.reduce((xor, byte) => xor ^ byte, value), 0xef);
	tail[tail.length - 1] = sum ^ (parts.checksumOff ?? 0);
	const hash = createHash("sha256").update(body).update(tail).digest();
	hash[7] ^= parts.hashOff ?? 0;
	return Buffer.concat([body, tail, header.hashAppended === 0 ? Buffer.alloc(0) : hash]);
}

function filled(length: number): Buffer {
	return Buffer.concat([elf, Buffer.alloc(length - elf.length)]);
}

/** Bytes a program may have in an image that fills its slot: header, description, checksum block and hash taken off. */
const LARGEST_PROGRAM = SLOT_SIZE - 24 - 8 - 256 - 8 - 16 - 32 + 4;

const refused: [title: string, image: Uint8Array, reason: string][] = [
	["an erased slot", Buffer.alloc(64, 0xff), "magic byte is 0xff, 0xe9 expected (nothing written here?)"],
	["another magic byte", Buffer.concat([Buffer.from([0xea]), image({}).subarray(1)]), "magic byte is 0xea"],
	["an image for the ESP32-S3", image({ header: { chip: 9 } }), "chip id is 0x0009, 0x8664 expected"],
	["a later chip revision", image({ header: { minRevision: 102 } }), "chip revision v1.2 needed, this is v0.0"],
	["17 segments", image({ header: { segmentCount: 17 } }), "17 segments, at most 16 expected"],
	["a length that is no multiple of 4", image({ lengths: [256, 998] }), "segment 1 has the invalid length 0x3e6"],
	["a length of 16 MB", image({ lengths: [256, 0x1000000] }), "segment 1 has the invalid length 0x1000000"],
	["a length beyond the slot", image({ lengths: [256, SLOT_SIZE] }), "image does not fit in the partition"],
	["a length just below 16 MB", image({ lengths: [256, 0xfffffc] }), "image does not fit in the partition"],
	["a first segment of 252 bytes", image({ segments: [elf.subarray(0, 252), elf] }), "segment 0 is too short"],
	["no description", image({ segments: [elf, elf] }), "segment 0 is no description"],
	["a wrong checksum", image({ checksumOff: 1, header: { hashAppended: 0 } }), "checksum is 0x"],
	["a wrong hash", image({ hashOff: 1 }), "SHA-256 does not match"],
	["one flipped bit", damage(image({})), "checksum is 0x"],
	["no second segment", image({ segments: [description] }), "no program segment"],
	["no segments at all", image({ segments: [] }), "no program segment"],
	["a program that is no ELF file", image({ segments: [description, description] }), "segment 1 is no program"],
	["an empty program", image({ segments: [description, Buffer.alloc(0)] }), "segment 1 is no program"],
	[
		"a hash beyond the slot",
		image({ segments: [description, filled(LARGEST_PROGRAM + 12)] }).subarray(0, SLOT_SIZE),
		"image does not fit",
	],
];

for (const [title, bytes, reason] of refused) {
	test(`the loader refuses ${title}, names the reason and ends with status 2`, async () => {
		await inTemporaryFolder(async (folder) => {
			const path = writeFlash(folder, makeFlash([bytes, Buffer.alloc(16, 0xff)]));
			const run = await runBoard(["--flash", path, "--mac", MAC]);
			assert.equal(run.status, 2);
			assert.ok(run.stderr.includes(`ota_0 is not bootable: ${reason}`), run.stderr);
			assert.ok(run.stderr.includes("ota_1 is not bootable: magic byte is 0xff"), run.stderr);
		});
	});
}

test("the loader falls back from a damaged image and says so on the serial line", async () => {
	await inTemporaryFolder(async (folder) => {
		const good = packFirmware(compileFirmware(), "2.0");
		const path = writeFlash(folder, makeFlash([damage(good), good]));
		const run = await runBoard(["--flash", path, "--mac", MAC], "exit 0\n");
		assert.equal(run.status, 0);
		assert.match(run.stdout, /^\r\nrst: power-on\r\nboot: ota_0 is not bootable: checksum is /);
		assert.match(run.stdout, /\r\nboot: ota_1 at 0x60000, test 2\.0, valid\r\n/);
	});
});

test("the loader starts an image without appended hash, and one with a third segment", async () => {
	await inTemporaryFolder(async (folder) => {
		const program = compileFirmware();
		const padded = Buffer.concat([program, Buffer.alloc(-program.length & 3)]);
		const images = [
			image({ segments: [description, padded], header: { hashAppended: 0 } }),
			image({ segments: [description, padded, elf] }),
		];
		for (const bytes of images) {
			const path = writeFlash(folder, makeFlash([bytes, Buffer.alloc(16, 0xff)]));
			const run = await runBoard(["--flash", path, "--mac", MAC], "exit 0\n");
			assert.equal(run.status, 0, run.stderr);
			assert.match(run.stdout, /started: upgate /);
		}
	});
});

test("the loader starts an image that fills its slot to the last byte", async () => {
	await inTemporaryFolder(async (folder) => {
		const program = compileFirmware();
		const whole = Buffer.concat([program, Buffer.alloc(LARGEST_PROGRAM - program.length)]);
		const bytes = image({ segments: [description, whole] });
		assert.equal(bytes.length, SLOT_SIZE);
		const path = writeFlash(folder, makeFlash([bytes, Buffer.alloc(16, 0xff)]));
		const run = await runBoard(["--flash", path, "--mac", MAC], "exit 0\n");
		assert.equal(run.status, 0, run.stderr);
	});
});

test("control characters of a version do not reach the serial line", async () => {
	await inTemporaryFolder(async (folder) => {
		const flash = makeFlash([packFirmware(compileFirmware(), "1.0"), Buffer.alloc(16, 0xff)]);
		const own = Buffer.from(description);
		own.set([0x1b, 0x0a, 0xff], 16);
		const program = flash.subarray(SLOT_OFFSETS[0] + 24 + 8 + 256 + 8);
		const length = flash.readUInt32LE(SLOT_OFFSETS[0] + 24 + 8 + 256 + 4);
		const bytes = image({ segments: [own, program.subarray(0, length)] });
		const path = writeFlash(folder, makeFlash([bytes, Buffer.alloc(16, 0xff)]));
		const run = await runBoard(["--flash", path, "--mac", MAC], "exit 0\n");
		assert.match(run.stdout, /test \?\?\?, valid\r\n/);
	});
});
