// SPDX-License-Identifier: Apache-2.0
//
// tools/flash on a simulated board: what arrives in its flash, what is refused before that, and its console.

import test from "node:test";
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { getStubJsonByChipName } from "esptool-js";
import { buildFactory } from "../../tools/firmware-lib/factory.js";
import { flash } from "../../tools/flash-lib/cli.js";
import { readImages } from "../../tools/flash-lib/files.js";
import type { PortInfo } from "../../tools/flash-lib/ports.js";
import { BoardPort, PORT } from "../fakes/esp-rom/attach.js";
import { buildFolder } from "../fakes/esp-rom/images.js";
import { ESP32, ESP32_C3, type ChipModel } from "../fakes/esp-rom/registers.js";
import { FakeBoard } from "../fakes/esp-rom/rom.js";

const MB = 1024 * 1024;
const root = mkdtempSync(join(tmpdir(), "flash-test-"));
test.after(() => rmSync(root, { recursive: true }));
const folders = new Map([ESP32, ESP32_C3].map(({ id, name }) => [id, buildFolder(join(root, name), { chip: id })]));

/** A board on a desk, and a person who runs the tool and looks at what it prints. */
class Desk {
	readonly board: FakeBoard;
	readonly port: BoardPort;
	readonly folder: string;
	readonly keys = new PassThrough();
	stdout = "";
	stderr = "";

	constructor(model: ChipModel, flashSize = 4 * MB) {
		this.board = new FakeBoard(model, flashSize);
		this.port = new BoardPort(this.board);
		this.folder = folders.get(model.id)!;
	}

	run(...args: string[]): Promise<number> {
		const port: PortInfo = { path: PORT, vendorId: "10c4", productId: "ea60" };
		return flash(args, {
			input: this.keys,
			output: { write: (data) => (this.stdout += Buffer.from(data).toString("latin1")) },
			out: (text) => (this.stdout += text),
			error: (text) => (this.stderr += text),
			listPorts: () => Promise.resolve([port]),
			makeLine: this.port.makeLine,
		});
	}

	/** Flashes without a console. */
	flash(...args: string[]): Promise<number> {
		return this.run("--image", this.folder, "--no-monitor", ...args);
	}

	async until(text: RegExp): Promise<void> {
		for (let i = 0; !text.test(this.stdout + this.stderr); i++) {
			if (i > 1500) throw new Error(`${text} did not come:\n${this.stdout}${this.stderr}`);
			await delay(20);
		}
	}

	get untouched(): boolean {
		return this.board.flash.erasedSectors === 0 && this.board.flash.bytes.every((byte) => byte === 0xff);
	}

	/** The flash has the images of the folder and nothing else. */
	assertWritten(): void {
		const expected = Buffer.alloc(this.board.flash.bytes.length, 0xff);
		for (const { offset, data } of readImages(this.folder).parts) expected.set(data, offset);
		assert.equal(Buffer.compare(this.board.flash.bytes, expected), 0);
	}
}

for (const model of [ESP32, ESP32_C3]) {
	test(`images arrive in an ${model.name} byte for byte, by its stub, at the higher speed`, async () => {
		const desk = new Desk(model);
		assert.equal(await desk.flash(), 0, desk.stderr);
		desk.assertWritten();
		const stub = await getStubJsonByChipName(model.name);
		const uploaded = desk.board.uploads.map(({ bytes }) => Buffer.concat(bytes));
		assert.deepEqual(uploaded, [Buffer.from(stub!.decodedText), Buffer.from(stub!.decodedData)]);
		assert.match(desk.stdout, new RegExp(`${model.name}, MAC 24:6f:28:01:02:03, 4096 KB of flash, 460800 baud`));
		assert.equal(desk.stdout.match(/written, MD5 right/g)?.length, 4);
		assert.equal(desk.board.mode, "firmware");
		assert.equal(desk.stderr, "");
	});
}

test("what the images do not name stays, unless --erase is given", async () => {
	const desk = new Desk(ESP32_C3);
	desk.board.flash.bytes.fill(0x5a, 0x3c0000, 0x3a0010);
	assert.equal(await desk.flash(), 0, desk.stderr);
	assert.ok(desk.board.flash.bytes.subarray(0x3c0000, 0x3a0010).every((byte) => byte === 0x5a));
	assert.equal(await desk.flash("--erase"), 0, desk.stderr);
	desk.assertWritten();
});

test("a factory image makes a board as new", async () => {
	const desk = new Desk(ESP32);
	desk.board.flash.bytes.fill(0x5a, 0x1f0000, 0x1f0010);
	const path = join(root, "factory.bin");
	const { image } = buildFactory(desk.folder, { records: { "factory.ini": new Uint8Array([10]) } });
	writeFileSync(path, image);
	assert.equal(await desk.run("--image", path, "--no-monitor"), 0, desk.stderr);
	assert.equal(Buffer.compare(desk.board.flash.bytes, readFileSync(path)), 0);
});

test("an image for another chip is refused before anything is written", async () => {
	const desk = new Desk(ESP32);
	assert.equal(await desk.run("--image", folders.get(ESP32_C3.id)!, "--no-monitor"), 1);
	assert.match(
		desk.stderr,
		/^flash: FLASH_CHIP: the board has an ESP32, the image is for ESP32-C3; nothing was written\n$/,
	);
	assert.ok(desk.untouched);
	assert.equal(desk.board.uploads.length, 0);
	assert.equal(desk.board.mode, "firmware");
	const named = new Desk(ESP32);
	assert.equal(await named.flash("--chip", "esp32s3"), 1);
	assert.match(named.stderr, /^flash: FLASH_CHIP: the image is for ESP32, not for ESP32-S3\n$/);
	assert.deepEqual(named.board.commands, []);
});

test("a flash smaller than the partition table is refused before anything is written", async () => {
	const desk = new Desk(ESP32_C3, 2 * MB);
	assert.equal(await desk.flash("--erase"), 1);
	assert.match(desk.stderr, /FLASH_SIZE: the partitions need 4096 KB of flash, the board has 2048 KB/);
	assert.ok(desk.untouched);
	assert.equal(desk.board.mode, "firmware");
});

test("a write that the board refuses is told with its place", async () => {
	const desk = new Desk(ESP32_C3);
	desk.board.flash.faults.failWriteAt = 0x20100;
	assert.equal(await desk.flash(), 1);
	assert.match(desk.stderr, /^flash: FLASH_WRITE: ota_0 at 0x20000: .*\n$/);
	assert.ok(!desk.stdout.includes("ota_0"));
});

test("a bit that was not stored is found by its MD5", async () => {
	const desk = new Desk(ESP32_C3);
	const app = readImages(desk.folder).parts.find(({ name }) => name === "ota_0")!;
	desk.board.flash.faults.wearAt = app.offset + app.data.findIndex((byte) => (byte & 1) === 1);
	assert.equal(await desk.flash(), 1);
	assert.match(
		desk.stderr,
		/^flash: FLASH_VERIFY: ota_0 at 0x20000: flash has MD5 [0-9a-f]{32}, image [0-9a-f]{32}\n$/,
	);
});

test("a board that does not answer, and a port that is not there, are told apart", async () => {
	const desk = new Desk(ESP32);
	desk.board.mute = true;
	assert.equal(await desk.flash(), 1);
	assert.match(desk.stderr, /^flash: FLASH_CONNECT: no answer .* hold the button BOOT/);
	const absent = new Desk(ESP32);
	assert.equal(await absent.flash("--port", "/dev/ttyUSB9"), 1);
	assert.match(absent.stderr, /^flash: FLASH_NO_PORT: \/dev\/ttyUSB9: no such port\n$/);
});

test("the console shows the board's start, sends keys, survives a lost port, and ends with Ctrl-]", async () => {
	const desk = new Desk(ESP32_C3);
	const done = desk.run("--image", desk.folder, "--monitor", "--baud", "921600");
	await desk.until(/firmware\r\n> /);
	await desk.until(/Ctrl-\] leaves/);
	assert.match(desk.stdout, /921600 baud\n/);
	assert.match(desk.stdout, /boot:0xc \(SPI_FAST_FLASH_BOOT\)\r\nupgate test firmware/);
	desk.keys.write("show version\r");
	await desk.until(/you said show version/);
	desk.port.unplug();
	await desk.until(/ttyUSB7 is back/);
	desk.keys.write("again\r");
	await desk.until(/you said again/);
	desk.keys.write("not sent\x1dneither");
	assert.equal(await done, 0);
	assert.ok(!desk.stdout.includes("neither"));
});

test("ports are listed; wrong arguments give the usage and exit status 2", async () => {
	const desk = new Desk(ESP32);
	assert.equal(await desk.run("--list"), 0);
	assert.equal(desk.stdout, `${PORT}  10c4:ea60\n`);
	const wrong = [
		["--baud", "fast"],
		["--baud", "99"],
		["--chip", "z80"],
		["--board", "lin"],
		["--board", "esp32", "--image", "x"],
		["--version", "1.0.0", "--image", "x"],
		["--version", "not one", "--board", "esp32"],
		["--monitor", "--no-monitor"],
		["--record", "x"],
		["--nothing"],
		["positional"],
	];
	for (const args of wrong) {
		const person = new Desk(ESP32);
		assert.equal(await person.run(...args), 2, args.join(" "));
		assert.match(person.stderr, /usage: tools\/flash/);
	}
	assert.equal(await desk.run("--help"), 0);
});

test("a board is identified, and nothing is written", async () => {
	const desk = new Desk(ESP32_C3);
	assert.equal(await desk.run("--identify"), 0, desk.stderr);
	assert.match(desk.stdout, /ESP32-C3, MAC 24:6f:28:01:02:03, 4096 KB of flash/);
	assert.match(desk.stdout, /in URLs and certificates: 246F28010203\n/);
	assert.ok(desk.untouched);
	assert.equal(desk.board.mode, "firmware");
	const other = new Desk(ESP32_C3);
	assert.equal(await other.run("--identify", "--chip", "esp32"), 1);
	assert.match(other.stderr, /FLASH_CHIP: the board has an ESP32-C3, wanted is ESP32;/);
});
