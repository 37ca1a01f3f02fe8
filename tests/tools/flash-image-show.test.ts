// SPDX-License-Identifier: Apache-2.0
//
// tools/flash-image show: states of slots, records without their values, wear as text and as a picture.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { createFlash, drawFlash, showFlash } from "../../tools/flash-image-lib/index.js";
import { inTemporaryFolder, projectRoot } from "../bootloader/harness/c-tests.js";
import { CSV, packFirmware, setSelection } from "../bootloader/harness/flash.js";

const wearOffset = 0x100000 + 128;
const secret = "s3cret of the gateway";

function usedFlash(): Buffer {
	const image = packFirmware(Buffer.from("\x7fELF"), "7.00.1");
	const records = { "factory.ini": Buffer.from(`Password = '${secret}'\n`), "device.key": Buffer.from(secret) };
	const flash = createFlash({ csv: CSV, images: { ota_0: image, ota_1: image }, records });
	setSelection(flash, ["1:VALID", "2:PENDING_VERIFY"]);
	for (const [sector, erases] of [
		[0xe, 9],
		[0x60, 1],
		[0xa3, 4],
	]) {
		flash.writeUInt32LE(erases!, wearOffset + 4 * sector!);
	}
	return flash;
}

/** The part of the text from a line that begins so, to the next line that is not indented. */
function block(lines: string[], start: string): string[] {
	const first = lines.findIndex((line) => line.startsWith(start));
	const length = lines.slice(first + 1).findIndex((line) => !line.startsWith("  "));
	return lines.slice(first, first + 1 + (length < 0 ? lines.length : length));
}

test("each slot has its version and what the loader thinks of it", () => {
	const lines = showFlash(usedFlash());
	assert.match(block(lines, "ota_0").join("\n"), /\n  test 7\.00\.1, \d+ bytes\n  state VALID$/);
	assert.match(block(lines, "ota_1").join("\n"), /\n  state PENDING_VERIFY, starts next$/);
	const erased = usedFlash();
	setSelection(erased, ["erased", "erased"]);
	erased.fill(0xff, 0x60000, 0x61000);
	const fresh = showFlash(erased);
	assert.match(block(fresh, "ota_0").join("\n"), /state no entry, starts next$/);
	assert.deepEqual(block(fresh, "ota_1").slice(1), ["  empty", "  state no entry"]);
});

test("records are told by name and length, never by value, and looking changes nothing", () => {
	const flash = usedFlash();
	const before = Buffer.from(flash);
	const lines = showFlash(flash);
	assert.ok(flash.equals(before));
	const [, state, ...records] = block(lines, "store");
	assert.match(state!, /^  2 records, \d+ bytes free; \d+ of 16 blocks in the log, 0 bad, 0 places damaged$/);
	assert.deepEqual(records, ["  device.key: 21 bytes", `  factory.ini: ${secret.length + 14} bytes`]);
	assert.ok(!`${lines.join("\n")}${drawFlash(flash)}`.includes("s3cret"));
});

test("a damaged record and a store that is none are told, not thrown", () => {
	const flash = usedFlash();
	const at = flash.indexOf("s3cret", 0xa0000);
	flash[at] ^= 1;
	const damaged = block(showFlash(flash), "store").join("\n");
	assert.match(damaged, /: STORE_CORRUPT/);
	flash.fill(0, 0xa0000, 0xb0000);
	assert.match(block(showFlash(flash), "store").join("\n"), /  0 records, /);
});

test("wear is a picture of characters: shares of the most erased sector", () => {
	const lines = showFlash(usedFlash());
	const [title, ...rows] = block(lines, "wear");
	assert.match(title!, /^wear: 14 erases of sectors, 9 at most/);
	assert.deepEqual(rows, [
		`  0x000000 ${".".repeat(14)}9${".".repeat(49)}`,
		`  0x040000 ${".".repeat(32)}1${".".repeat(31)}`,
		`  0x080000 ${".".repeat(35)}4${".".repeat(28)}`,
	]);
	assert.equal(showFlash(createFlash({ csv: CSV })).at(-1), "wear: no sector was ever erased");
});

/** Names of elements in order of their end; throws when they do not nest. */
function elements(xml: string): string[] {
	const open: string[] = [];
	const done: string[] = [];
	for (const [, close, name, rest] of xml.matchAll(/<(\/?)([a-z]+)([^<>]*)>/g)) {
		assert.match(rest!, /^( [a-z-]+="[^"]*")*\/?$/);
		if (close === "") open.push(name!);
		if (close !== "" || rest!.endsWith("/")) done.push(open.pop()!);
		if (close !== "") assert.equal(done.at(-1), name);
	}
	assert.deepEqual(open, []);
	return done;
}

test("the picture is well-formed SVG with every partition and every worn sector", () => {
	const flash = usedFlash();
	flash.write("<&>\x07", 0x8000 + 12, "latin1"); // a label that would break it
	flash.fill(0xff, 0x8000 + 5 * 32, 0x8000 + 6 * 32); // without its checksum
	const svg = drawFlash(flash);
	const names = elements(svg);
	assert.equal(names.at(-1), "svg");
	assert.equal(names.filter((name) => name === "title").length, 3);
	assert.match(svg, /<title>0x00e000: 9 erases<\/title>/);
	assert.match(svg, /fill-opacity="0\.9"><title>0x00e000/);
	for (const text of ["otadata: 0x00e000, 8 KB; 9 erases, 9 at most", "&lt;&amp;&gt;?", "starts next", "2 records"]) {
		assert.ok(svg.includes(text), text);
	}
	assert.match(svg, /^[\x20-\x7e\n]*$/);
});

test("show --svg writes the picture beside the text", () => {
	inTemporaryFolder((folder) => {
		const [file, picture] = [join(folder, "flash"), join(folder, "flash.svg")];
		writeFileSync(file, usedFlash());
		const run = (...args: string[]) =>
			spawnSync(join(projectRoot, "tools/flash-image"), ["show", ...args], { encoding: "utf8", timeout: 60_000 });
		for (let i = 0; i < 2; i++) {
			const shown = run("--svg", picture, file);
			assert.deepEqual([shown.status, shown.stderr], [0, ""]);
			assert.match(shown.stdout, /^flash of 1024 KB\n/);
		}
		assert.equal(readFileSync(picture, "utf8"), drawFlash(readFileSync(file)));
		const failed = run("--svg", join(folder, "none/flash.svg"), file);
		assert.deepEqual([failed.status, /FLASH_IMAGE_OUTPUT/.test(failed.stderr)], [1, true]);
	});
});
