// SPDX-License-Identifier: Apache-2.0
//
// tools/flash before it talks to a board: what goes where, and what is refused.

import test from "node:test";
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	readdirSync,
	renameSync,
	rmSync,
	unlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { pathToFileURL, fileURLToPath } from "node:url";
import { Store } from "../../modules/store/store.js";
import { firmware } from "../../tools/firmware-lib/cli.js";
import { MemoryFlash } from "../../tools/flash-image-lib/memory-flash.js";
import { FLASHABLE, chipByName, loaderOffset } from "../../tools/flash-lib/chips.js";
import { projectRoot } from "../../tools/build/index.js";
import { readImages, readRecords } from "../../tools/flash-lib/files.js";
import { checkFlash } from "../../tools/flash-lib/board.js";
import { writeManifest } from "../../tools/flash-lib/sdk.js";
import { choosePort, explainOpen } from "../../tools/flash-lib/ports.js";
import { CSV, appImage, buildFolder, noise } from "../fakes/esp-rom/images.js";

const root = mkdtempSync(join(tmpdir(), "flash-images-"));
test.after(() => rmSync(root, { recursive: true }));
let count = 0;
const fresh = (): string => join(root, String(count++));

const C3 = 5;

test("loader offsets are those of esptool-js, for every chip it knows", async () => {
	const targets = new URL("targets/", pathToFileURL(fileURLToPath(import.meta.resolve("esptool-js"))));
	let compared = 0;
	for (const name of readdirSync(targets).filter((file) => /^esp32.*\.js$/.test(file))) {
		const exported = (await import(new URL(name, targets).href)) as Record<string, new () => Record<string, unknown>>;
		const [ROM] = Object.values(exported);
		const rom = new ROM!();
		if (!FLASHABLE.some((chip) => chip.id === rom["IMAGE_CHIP_ID"])) continue;
		assert.equal(loaderOffset(rom["IMAGE_CHIP_ID"] as number), rom["BOOTLOADER_FLASH_OFFSET"], name);
		compared++;
	}
	assert.equal(compared, FLASHABLE.length);
	assert.equal(chipByName("ESP32-C3"), C3);
	assert.equal(chipByName("esp32c6"), 13);
	assert.throws(() => chipByName("esp8266"), { code: "FLASH_USAGE" });
	assert.throws(() => loaderOffset(0x8664), { code: "FLASH_CHIP" });
});

test("the partition table says where pieces go, the chip where the loader goes", () => {
	const places = (chip: number): [string, number][] =>
		readImages(buildFolder(fresh(), { chip })).parts.map(({ name, offset }) => [name, offset]);
	const rest = [
		["table", 0x8000],
		["otadata", 0xe000],
		["ota_0", 0x20000],
	];
	assert.deepEqual(places(C3), [["boot loader", 0], ...rest]);
	assert.deepEqual(places(0), [["boot loader", 0x1000], ...rest]);
	const other = CSV.replace("0x20000,  0x1D0000", "0x30000,  0x1C0000");
	const moved = readImages(buildFolder(fresh(), { chip: C3, csv: other }));
	assert.equal(moved.parts.find(({ name }) => name === "ota_0")?.offset, 0x30000);
	const factory = `${CSV}app0, app, factory, 0x400000, 1M\n`;
	const first = readImages(buildFolder(fresh(), { chip: C3, csv: factory }));
	assert.equal(first.parts.find(({ name }) => name === "app0")?.offset, 0x400000);
	assert.equal(first.flashNeeded, 0x500000);
});

test("pieces that do not fit together are refused", () => {
	const cases: [string, (folder: string) => void, string][] = [
		["no loader", (folder) => unlinkSync(join(folder, "bootloader.bin")), "FLASH_IMAGE"],
		["no table", (folder) => unlinkSync(join(folder, "partition-table.bin")), "FLASH_IMAGE"],
		["no app", (folder) => unlinkSync(join(folder, "xs_esp32.bin")), "FLASH_IMAGE"],
		["two apps", (folder) => writeFileSync(join(folder, "other.bin"), "x"), "FLASH_IMAGE"],
		["app of another chip", (folder) => writeFileSync(join(folder, "a.cmp"), appImage(0)), "FLASH_IMAGE"],
		[
			"app larger than its slot",
			(folder) => writeFileSync(join(folder, "a.cmp"), appImage(C3, 1_950_000)),
			"FLASH_SIZE",
		],
		["damaged app", (folder) => writeFileSync(join(folder, "a.cmp"), appImage(C3).fill(0, 400, 401)), "FLASH_IMAGE"],
		["loader is text", (folder) => writeFileSync(join(folder, "bootloader.bin"), "x".repeat(99)), "FLASH_IMAGE"],
		[
			"loader above the table",
			(folder) => renameSync(join(folder, "xs_esp32.bin"), join(folder, "bootloader.bin")),
			"FLASH_IMAGE",
		],
		["otadata too long", (folder) => writeFileSync(join(folder, "ota_data_initial.bin"), noise(9000, 1)), "FLASH_SIZE"],
	];
	for (const [name, damage, code] of cases) {
		const folder = buildFolder(fresh(), { chip: C3 });
		damage(folder);
		assert.throws(() => readImages(folder), { code }, name);
	}
	const folder = buildFolder(fresh(), { chip: C3 });
	const table = readFileSync(join(folder, "partition-table.bin"));
	for (let at = 0; at < 192; at += 5) {
		const damaged = Buffer.from(table);
		damaged[at] ^= 0x04;
		writeFileSync(join(folder, "partition-table.bin"), damaged);
		assert.throws(() => readImages(folder), { code: "FLASH_IMAGE" }, `bit at ${at}`);
	}
	const huge = buildFolder(fresh(), { chip: C3 });
	writeFileSync(join(huge, "bootloader.bin"), appImage(C3));
	assert.throws(() => readImages(huge), { code: "FLASH_SIZE" });
	assert.throws(() => readImages(join(root, "absent")), { code: "FLASH_INPUT" });
	const images = readImages(buildFolder(fresh(), { chip: C3 }));
	checkFlash(images, 4 * 1024 * 1024);
	assert.throws(() => checkFlash(images, 2 * 1024 * 1024), { code: "FLASH_SIZE" });
});

test("a factory folder becomes records; one by --record wins; a faulty ini is told with its place", async () => {
	const factory = fresh();
	mkdirSync(factory, { recursive: true });
	const key = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).publicKey.export({ type: "spki", format: "pem" });
	writeFileSync(join(factory, "factory.ini"), "HostName = 'desk'\n");
	writeFileSync(join(factory, "signing.pem"), key);
	const board = join(root, "board.ini");
	writeFileSync(board, "HostName = 'board'\n");
	const names = (values?: string[]): Record<string, Uint8Array> => readRecords(values, factory) ?? {};
	assert.deepEqual(Object.keys(names()).sort(), ["factory.ini", "factory.signing"]);
	assert.equal(Buffer.from(names()["factory.ini"]).toString(), "HostName = 'desk'\n");
	assert.equal(Buffer.from(names([`factory.ini=${board}`])["factory.ini"]).toString(), "HostName = 'board'\n");
	writeFileSync(join(factory, "factory.ini"), "HostName = 'desk'\nHostName = 'x\n");
	assert.throws(() => readRecords(undefined, factory), {
		code: "FLASH_INPUT",
		message: /factory\.ini: line 2, column /,
	});
	assert.throws(() => readRecords(undefined, join(root, "none")), { code: "FLASH_INPUT", message: /no such folder/ });
});

test("a version of one's own is a manifest that includes the project's", () => {
	const folder = fresh();
	const read = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));
	const path = writeManifest(folder, "1.2.0");
	const include = [join(relative(dirname(path), projectRoot), "manifest.json")];
	assert.deepEqual(read(path), { include, defines: { upgate: { version: '"1.2.0"' } } });
	assert.deepEqual(read(writeManifest(folder, undefined)), { include });
	assert.ok(existsSync(join(dirname(path), include[0])));
});

test("records become a store that the firmware's own module reads", () => {
	const records = { "factory.ini": new Uint8Array(Buffer.from("HostName = 'desk'\n")) };
	const { parts } = readImages(buildFolder(fresh(), { chip: C3 }), { records });
	const part = parts.find(({ name }) => name === "store");
	assert.equal(part?.offset, 0x3c0000);
	const store = new Store({ flash: new MemoryFlash(part!.data) });
	assert.deepEqual(store.get("factory.ini"), records["factory.ini"]);
	store.close();
	const without = CSV.replace(/^store.*$/m, "");
	const folder = buildFolder(fresh(), { chip: C3, csv: without });
	assert.throws(() => readImages(folder, { records }), { code: "FLASH_IMAGE" });
});

test("a factory image has every piece in its place and is read back as a set", async () => {
	const folder = buildFolder(fresh(), { chip: 0 });
	const ini = join(root, "factory.ini");
	writeFileSync(ini, "HostName = 'desk'\n");
	const path = join(root, "factory.bin");
	let shown = "";
	const output = { out: (text: string) => void (shown += text), error: (text: string) => void (shown += text) };
	assert.equal(await firmware(["factory", folder, "-o", path, "--record", `factory.ini=${ini}`], output), 0, shown);
	const image = readFileSync(path);
	assert.equal(image.length, 4 * 1024 * 1024);
	for (const { offset, data } of readImages(folder).parts) {
		assert.deepEqual(image.subarray(offset, offset + data.length), Buffer.from(data));
	}
	assert.ok(image.subarray(0, 0x1000).every((byte) => byte === 0xff));
	const set = readImages(path);
	assert.deepEqual([set.chip, set.description.version, set.parts.length], [0, "2.1.0", 4]);
	assert.ok(set.whole);
	assert.deepEqual(
		set.parts.map(({ offset }) => offset),
		[0x1000, 0x8000, 0x20000, 0x3c0000],
	);
	assert.throws(() => readImages(path, { app: "x" }), { code: "FLASH_USAGE" });
	for (const at of [0x1000, 0x8000, 0x20000, 0x20020]) {
		const damaged = Buffer.from(image);
		damaged[at] ^= 1;
		writeFileSync(path, damaged);
		assert.throws(() => readImages(path), { code: "FLASH_IMAGE" }, `0x${at.toString(16)}`);
	}
	writeFileSync(path, image.subarray(0, 0x7000));
	assert.throws(() => readImages(path), { code: "FLASH_IMAGE" });
	assert.equal(await firmware(["factory", folder, "-o", path, "--size", "2M"], output), 1);
	assert.match(shown, /firmware: FLASH_SIZE: /);
	assert.equal(await firmware(["factory", folder, "-o", path, "--size", "2"], output), 2);
	assert.equal(await firmware(["factory", folder, "-o", path, "--record", "x"], output), 2);
});

test("the only port is taken; none or several are told", async () => {
	const list = (paths: string[]) => () =>
		Promise.resolve(paths.map((path) => ({ path, vendorId: "1a86", productId: "7523" })));
	assert.equal((await choosePort(undefined, list(["/dev/ttyS0", "/dev/ttyUSB3"]))).path, "/dev/ttyUSB3");
	assert.equal((await choosePort("/dev/pts/3", list([]))).path, "/dev/pts/3");
	await assert.rejects(choosePort(undefined, list(["/dev/ttyS0"])), { code: "FLASH_NO_PORT" });
	const several = list(["/dev/ttyUSB1", "/dev/ttyACM0"]);
	await assert.rejects(choosePort(undefined, several), (error: Error & { code: string }) => {
		assert.equal(error.code, "FLASH_PORTS");
		assert.match(error.message, /\/dev\/ttyACM0 {2}1a86:7523\n {2}\/dev\/ttyUSB1/);
		return true;
	});
});

test("why a port cannot be opened is said in words that help", () => {
	// The texts are those of serialport 13 on Linux.
	const explain = (text: string) => explainOpen("/dev/ttyUSB0", new Error(text));
	const denied = explain("Error: Permission denied, cannot open /dev/ttyUSB0");
	assert.equal(denied.code, "FLASH_PERMISSION");
	assert.match(denied.message, /dialout/);
	assert.equal(explain("Error Resource temporarily unavailable Cannot lock port").code, "FLASH_BUSY");
	assert.equal(explain("Error: No such file or directory, cannot open /dev/ttyUSB0").code, "FLASH_NO_PORT");
	assert.equal(explain("Error: Input/output error setting custom baud rate").code, "FLASH_PORT");
});
