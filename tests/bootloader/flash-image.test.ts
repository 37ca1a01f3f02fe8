// SPDX-License-Identifier: Apache-2.0
//
// tools/flash-image: partition tables as ESP-IDF's own tool makes them, flash files, the command line.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { Store } from "../../modules/store/store.js";
import {
	buildFile,
	buildTable,
	createFlash,
	FlashImageError,
	parseFile,
	parseTable,
	readPartitions,
	showFlash,
} from "../../tools/flash-image-lib/index.js";
import { MemoryFlash } from "../../tools/flash-image-lib/memory-flash.js";
import { inTemporaryFolder, projectRoot } from "./harness/c-tests.js";
import { CSV, SLOT_OFFSETS, damage, packFirmware, setSelection } from "./harness/flash.js";

function table(name: string): string {
	return readFileSync(join(projectRoot, `hosts/partitions/${name}.csv`), "utf8");
}

function hasCode(code: string, text: RegExp = /./): (error: unknown) => boolean {
	return (error) => error instanceof FlashImageError && error.code === code && text.test(error.message);
}

test("our partition tables come out as gen_esp32part.py 1.5 makes them (SHA-256 of its output)", () => {
	const expected = {
		"4mb": "498d3496c9a8d59f2e286b4c8fb3198cd86b442d39dd6572e1d7bbc751471176",
		"8mb": "55f7ea4e107f12d6dfdf9bb805bf9db5060d42ab6d8d0cd3948b91fbff8d2aa0",
		"16mb": "6580ff15e2c2c6c51122b418b640ef9a1fce8418751eaacb6d754fd0379f2b57",
	};
	for (const [name, digest] of Object.entries(expected)) {
		const built = buildTable(readPartitions(table(name)));
		assert.equal(createHash("sha256").update(built).digest("hex"), digest, name);
	}
});

test("our partition tables use the flash they are named after to its end, with equal slots", () => {
	for (const [name, size] of [
		["4mb", 4],
		["8mb", 8],
		["16mb", 16],
	] as const) {
		const partitions = readPartitions(table(name));
		const sizes = partitions.filter(({ type }) => type === 0).map((partition) => partition.size);
		const last = partitions.at(-1);
		assert.equal(sizes.length, 2);
		assert.equal(sizes[0], sizes[1]);
		assert.equal((last?.offset ?? 0) + (last?.size ?? 0), size * 1024 * 1024);
	}
});

test("a table survives writing and reading", () => {
	const partitions = readPartitions(`${CSV}\nlast, 0x40, 7, , 8K, encrypted:readonly\nsixteen letters!, data, , , 1M`);
	assert.deepEqual(parseTable(buildTable(partitions)), partitions);
	assert.deepEqual(partitions.slice(-2), [
		{ label: "last", type: 0x40, subtype: 7, offset: 0xb0000, size: 8192, flags: 3 },
		{ label: "sixteen letters!", type: 1, subtype: 6, offset: 0xb2000, size: 0x100000, flags: 0 },
	]);
});

test("bad partition tables are refused with the line", () => {
	const cases: [string, RegExp][] = [
		["", /no partitions/],
		["nvs, data, nvs, 0x9000", /line 1: size "" is no number/],
		["# a\n\nnvs, data, nvs, 0x9000, 0x5g", /line 3: size "0x5g"/],
		[", data, nvs, 0x9000, 4K", /name has 1 to 16 bytes/],
		["seventeen letters, data, nvs, 0x9000, 4K", /name has 1 to 16 bytes/],
		["a, dat, nvs, 0x9000, 4K", /type "dat"/],
		["a, data, nvx, 0x9000, 4K", /subtype "nvx"/],
		["a, app, , 0x10000, 4K", /needs a subtype/],
		["a, app, ota_0, 0x9000, 4K", /multiple of 65536/],
		["a, data, nvs, 0x9001, 4K", /multiple of 4096/],
		["a, data, nvs, 0x9000, 100", /size is not a multiple of 4096/],
		["a, data, nvs, 0x8000, 4K", /below 0x9000/],
		["a, data, nvs, 0x9000, 8K\nb, data, nvs, 0xa000, 4K", /line 2: overlaps a/],
		["a, data, nvs, , 4K\na, data, nvs, , 4K", /line 2: a second partition a/],
		["a, data, ota, , 4K", /0x2000/],
		["a, data, ota, , 8K\nb, data, ota, , 8K", /a second otadata/],
		["a, data, nvs, , 4K, hidden", /unknown flag "hidden"/],
		["a, data, nvs, , 4096M", /too large/],
	];
	for (const [csv, text] of cases) {
		assert.throws(() => readPartitions(csv), hasCode("FLASH_IMAGE_PARTITIONS", text), csv);
	}
});

test("createFlash() puts table, images and records in place; the rest is erased", () => {
	const image = packFirmware(Buffer.from("\x7fELF"), "7.00.1");
	const value = Buffer.from("MAC=1\n");
	const file = parseFile(createFlash({ csv: CSV, images: { ota_1: image }, records: { "factory.ini": value } }));
	assert.equal(file.contents.length, 0x100000);
	assert.ok(file.contents.subarray(SLOT_OFFSETS[1], SLOT_OFFSETS[1] + image.length).equals(image));
	assert.ok(file.contents.subarray(0, 0x8000).every((byte) => byte === 0xff));
	const store = new Store({ flash: new MemoryFlash(file.contents.subarray(0xa0000, 0xb0000)) });
	assert.deepEqual(Buffer.from(store.get("factory.ini") ?? []), value);
	assert.ok(file.wear.every((count) => count === 0) && file.programs === 0);
});

test("createFlash() refuses what does not fit", () => {
	assert.throws(() => createFlash({ csv: CSV, size: 0x80000 }), hasCode("FLASH_IMAGE_SIZE", /need 720896 bytes/));
	assert.throws(() => createFlash({ csv: CSV, size: 0x100001 }), hasCode("FLASH_IMAGE_SIZE"));
	const images = { ota_0: Buffer.alloc(0x40001) };
	assert.throws(() => createFlash({ csv: CSV, images }), hasCode("FLASH_IMAGE_SIZE", /do not fit in ota_0/));
	assert.throws(() => createFlash({ csv: CSV, images: { ota_9: Buffer.alloc(1) } }), hasCode("FLASH_IMAGE_PARTITIONS"));
});

test("showFlash() tells versions, damage, boot choice and wear", () => {
	const image = packFirmware(Buffer.from("\x7fELF"), "7.00.1");
	const flash = createFlash({ csv: CSV, images: { ota_0: image, ota_1: damage(image) } });
	setSelection(flash, ["1:VALID", "2:NEW:badcrc"]);
	flash.writeUInt32LE(7, 0x100000 + 128 + 4 * 0xe);
	const text = showFlash(flash).join("\n");
	assert.match(text, /ota_0 +app ota_0 +0x020000 +256 KB .*\n  test 7\.00\.1, \d+ bytes\n/);
	assert.match(text, /ota_1 .*\n  not bootable: /);
	assert.match(text, /otadata .* erases 7 in all, 7 at most\n  entry 0: sequence 1, ota_0, VALID\n/);
	assert.match(text, /entry 1: sequence 2, ota_1, NEW, wrong CRC\n/);
});

test("files that are no flash, or have no table, are refused", () => {
	const empty = buildFile(Buffer.alloc(0x10000, 0xff));
	assert.throws(() => showFlash(empty), hasCode("FLASH_IMAGE_TABLE"));
	for (const bytes of [Buffer.alloc(0), empty.subarray(1), Buffer.alloc(empty.length)]) {
		assert.throws(() => showFlash(bytes), hasCode("FLASH_IMAGE_FILE"));
	}
	const flash = createFlash({ csv: CSV });
	flash[0x8004] ^= 1;
	assert.throws(() => showFlash(flash), hasCode("FLASH_IMAGE_TABLE", /checksum/));
});

function tool(args: string[]): { status: number | null; stdout: string; stderr: string } {
	return spawnSync(join(projectRoot, "tools/flash-image"), args, { encoding: "utf8", timeout: 60_000 });
}

test("the command line makes a flash and shows it", () => {
	inTemporaryFolder((folder) => {
		const output = join(folder, "flash");
		const image = join(folder, "a.cmp");
		writeFileSync(image, packFirmware(Buffer.from("\x7fELF"), "7.00.1"));
		const made = tool([
			"create",
			"-o",
			output,
			"--partitions",
			"8mb",
			"--image",
			`ota_0=${image}`,
			"--record",
			`r=${image}`,
		]);
		assert.deepEqual([made.status, made.stderr], [0, ""]);
		const shown = tool(["show", output]);
		assert.equal(shown.status, 0);
		assert.match(shown.stdout, /^flash of 8192 KB\n/);
		assert.match(shown.stdout, /  test 7\.00\.1, /);
		const again = tool(["create", "-o", output]);
		assert.deepEqual([again.status, /FLASH_IMAGE_OUTPUT: .*exists/.test(again.stderr)], [1, true]);
	});
});

test("the command line tells usage errors with status 2 and others with status 1", () => {
	for (const args of [
		[],
		["crate"],
		["create"],
		["create", "-o", "f", "--size", "4X"],
		["show"],
		["show", "--all", "f"],
	]) {
		assert.equal(tool(args).status, 2, args.join(" "));
	}
	assert.equal(tool(["show", "/nowhere"]).status, 1);
	assert.equal(tool(["--help"]).status, 0);
});
