// SPDX-License-Identifier: Apache-2.0
//
// The command tools/flash as people call it, on a real terminal device: its own process, the native port library, a
// simulated board at the other end. Where Espressif's esptool is installed, it judges the simulated board.

import test from "node:test";
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readImages } from "../../tools/flash-lib/files.js";
import { outputFolder } from "../../tools/flash-lib/sdk.js";
import { Pty } from "../fakes/esp-rom/attach.js";
import { buildFolder } from "../fakes/esp-rom/images.js";
import { ESP32, ESP32_C3 } from "../fakes/esp-rom/registers.js";
import { FakeBoard } from "../fakes/esp-rom/rom.js";

const TOOL = fileURLToPath(new URL("../../tools/flash", import.meta.url));
const MB = 1024 * 1024;
const root = mkdtempSync(join(tmpdir(), "flash-tty-"));
test.after(() => rmSync(root, { recursive: true }));
const folder = buildFolder(join(root, "images"), { chip: ESP32_C3.id });
const tty = join(root, "tty");

interface Run {
	status: unknown;
	stdout: string;
	stderr: string;
}

/** Runs a program beside the board. @param seen called with all of stderr as it grows; may type */
async function run(
	command: string,
	args: string[],
	env = {},
	seen?: (text: string, type: (keys: string) => void) => void,
): Promise<Run> {
	const child = spawn(command, args, { env: { ...process.env, ...env } });
	const result: Run = { status: undefined, stdout: "", stderr: "" };
	child.stdout.on("data", (data: Buffer) => (result.stdout += data.toString()));
	child.stderr.on("data", (data: Buffer) => {
		result.stderr += data.toString();
		seen?.(result.stderr, (keys) => child.stdin.write(keys));
	});
	[result.status] = (await once(child, "close")) as unknown[];
	return result;
}

function assertWritten(board: FakeBoard): void {
	for (const { name, offset, data } of readImages(folder).parts) {
		assert.equal(Buffer.compare(board.flash.bytes.subarray(offset, offset + data.length), data), 0, name);
	}
}

test("tools/flash writes through a terminal device, sets its speed, and leaves the console by Ctrl-]", async () => {
	const board = new FakeBoard(ESP32_C3, 4 * MB);
	board.press(true);
	const pty = await Pty.open(board, tty);
	const speeds: string[] = [];
	const speed = (): void => void speeds.push(execFileSync("stty", ["-F", tty, "speed"], { encoding: "utf8" }).trim());
	const begin = board.flash.begin.bind(board.flash);
	board.flash.begin = (words, compressed) => {
		speed();
		return begin(words, compressed);
	};
	let pressed = false;
	const done = run(TOOL, ["--image", folder, "--port", tty, "--monitor", "--verbose"], {}, (stderr, type) => {
		if (!pressed && stderr.includes("press EN")) {
			pressed = true;
			speed();
			board.press(false);
			type("hello\r");
			const { send } = board;
			board.send = (data) => {
				send(data);
				if (Buffer.from(data).includes("you said")) setTimeout(type, 200, "\x1d");
			};
		}
	});
	const { status, stdout, stderr } = await done;
	await pty.close();
	assert.equal(status, 0, stdout + stderr);
	assertWritten(board);
	assert.deepEqual([...new Set(speeds)], ["460800", "115200"]);
	assert.match(stdout, /upgate test firmware\r\n> you said hello\r\n> $/);
	assert.match(stderr, /Stub running/);
});

/** The first of these commands that is installed. */
const esptool = ["esptool", "esptool.py"].find((name) => spawnSync("sh", ["-c", `command -v ${name}`]).status === 0);
const skip = esptool === undefined && "esptool is not installed";
for (const model of [ESP32, ESP32_C3]) {
	test(`Espressif's esptool takes the simulated ${model.name} for one`, { skip }, async () => {
		const board = new FakeBoard(model, 4 * MB);
		const app = join(buildFolder(join(root, model.name), { chip: model.id }), "xs_esp32.bin");
		const common = ["--port", tty, "--before", "no_reset", "--after", "no_reset", "--no-stub"];
		for (const args of [
			["write_flash", "0x20000", app],
			["verify_flash", "0x20000", app],
		]) {
			board.press(true);
			const pty = await Pty.open(board, tty);
			const { status, stdout, stderr } = await run(esptool!, [...common, ...args]);
			await pty.close();
			assert.equal(status, 0, stdout + stderr);
			assert.match(
				stdout,
				new RegExp(`Detecting chip type[^]*${model.name}\\n[^]*(Hash of data verified|digest matched)`),
			);
		}
	});
}

/** A mcconfig that takes its arguments down and leaves files where the SDK's does. */
function fakeSDK(board: string, script: string): { env: Record<string, string>; output: string } {
	const bin = join(root, "bin");
	mkdirSync(bin, { recursive: true });
	writeFileSync(join(bin, "mcconfig"), `#!/bin/sh\necho "$@"\n${script}\n`);
	chmodSync(join(bin, "mcconfig"), 0o755);
	writeFileSync(join(bin, "idf.py"), "");
	const others = (process.env.PATH ?? "").split(":").filter((folder) => !existsSync(join(folder, "idf.py")));
	const env = { MODDABLE: root, IDF_PATH: root, PATH: [bin, ...others].join(":") };
	return { env, output: outputFolder(board) };
}

test("tools/flash --board builds with mcconfig and flashes what it left", async () => {
	const name = `esp32/test_${process.pid}`;
	const { env, output } = fakeSDK(name, `out="$5/bin/$3/release/upgate"; mkdir -p "$out"; cp ${folder}/* "$out"`);
	const board = new FakeBoard(ESP32_C3, 4 * MB);
	board.press(true);
	const pty = await Pty.open(board, tty);
	const { status, stdout, stderr } = await run(TOOL, ["--board", name, "--port", tty], env);
	await pty.close();
	rmSync(output, { recursive: true });
	assert.equal(status, 0, stdout + stderr);
	assertWritten(board);
	assert.ok(stderr.startsWith(`-m -p ${name} -o ${output} -t build ${output}/upgate/manifest.json\n`), stderr);
});

test("a build that fails, and an SDK that is not set up, are told", async () => {
	const name = `esp32/fail_${process.pid}`;
	const { env, output } = fakeSDK(name, "exit 3");
	const args = ["--board", name, "--port", tty];
	const failed = await run(TOOL, args, env);
	assert.equal(failed.status, 1);
	assert.match(failed.stderr, /flash: FLASH_BUILD: mcconfig -m -p esp32\/fail_[0-9]+ failed with status 3\n$/);
	fakeSDK(name, "exit 0");
	assert.match((await run(TOOL, args, env)).stderr, /FLASH_BUILD: mcconfig left no bootloader.bin/);
	rmSync(output, { recursive: true });
	rmSync(join(root, "bin/idf.py"));
	assert.match((await run(TOOL, args, env)).stderr, /^flash: FLASH_SDK: idf.py is not in PATH: export.sh/);
	const bare = await run(TOOL, args, { MODDABLE: "", IDF_PATH: "" });
	assert.equal(bare.status, 1);
	assert.match(bare.stderr, /^flash: FLASH_SDK: MODDABLE and IDF_PATH not set.*--image FOLDER\n$/);
});
