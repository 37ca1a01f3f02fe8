// SPDX-License-Identifier: Apache-2.0
//
// The serial line: standard input and output, a terminal, a pseudo-terminal with a link.

import assert from "node:assert/strict";
import { constants, existsSync, lstatSync, openSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { ReadStream } from "node:tty";
import { Board, MAC, bootloader, runBoard, withBoard } from "./harness/board.js";
import { inTemporaryFolder, runCTests } from "./harness/c-tests.js";
import { compileFirmware, makeFlash, packFirmware, writeFlash } from "./harness/flash.js";

function withFlash(action: (folder: string, args: string[]) => Promise<void>): Promise<void> {
	return inTemporaryFolder(async (folder) => {
		const image = packFirmware(compileFirmware(), "1.0");
		const flash = writeFlash(folder, makeFlash([image, image]));
		await action(folder, ["--flash", flash, "--mac", MAC]);
	});
}

/** A terminal program on the other end of the line. */
class Terminal {
	readonly #stream: ReadStream;
	#text = "";
	#wake: () => void = () => undefined;

	constructor(path: string) {
		this.#stream = new ReadStream(openSync(path, constants.O_RDWR | constants.O_NOCTTY));
		this.#stream.on("error", () => undefined);
		this.#stream.on("data", (bytes: Buffer) => {
			this.#text += bytes.toString("latin1");
			this.#wake();
		});
	}

	send(text: string): void {
		this.#stream.write(text);
	}

	async expect(text: string): Promise<string> {
		for (const deadline = Date.now() + 20_000; !this.#text.includes(text);) {
			if (Date.now() > deadline) throw new Error(`no "${text}" in: ${this.#text}`);
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
				setTimeout(resolve, 1000);
			});
		}
		const end = this.#text.indexOf(text) + text.length;
		const before = this.#text.slice(0, end);
		this.#text = this.#text.slice(end);
		return before;
	}

	close(): void {
		this.#stream.destroy();
	}
}

async function linked(path: string): Promise<void> {
	for (let i = 0; i < 2000 && !existsSync(path); i++) await new Promise((resolve) => setTimeout(resolve, 10));
}

test("all bytes go through standard output and input, also more than any buffer holds", async () => {
	await withFlash(async (_folder, args) => {
		const words = Array.from({ length: 200 }, (_, index) => `say ${index} ${"y".repeat(100)}`);
		const run = await runBoard(args, `fill 300000\n${words.join("\n")}\nexit 0\n`);
		assert.equal(run.status, 0);
		assert.match(run.stdout, /\r\nx{300000} filled\r\n/);
		const numbers = [...run.stdout.matchAll(/^(\d+) y{100}\r$/gm)].map((match) => Number(match[1]));
		assert.deepEqual(
			numbers,
			Array.from({ length: 200 }, (_, index) => index),
		);
	});
});

test("the end of standard input is not the end of the board", async () => {
	await withFlash(async (_folder, args) => {
		await withBoard(args, async (board) => {
			board.process.stdin?.end("say last words\n");
			await board.expect(/last words/);
			board.process.kill("SIGTERM");
			assert.equal((await board.ended).status, 0);
		});
	});
});

test("a board whose standard output is closed runs on", async () => {
	await withFlash(async (_folder, args) => {
		await withBoard(args, async (board) => {
			await board.expect(/started/);
			board.process.stdout?.destroy();
			board.send("fill 200000");
			board.send("exit 0");
			assert.equal((await board.ended).status, 0);
		});
	});
});

test("the loader is a good guest on a terminal (C tests)", async () => {
	const program = await bootloader();
	await withFlash((_folder, args) => {
		const titles = runCTests({
			source: "tests/bootloader/harness/terminal.c",
			with: [],
			arguments: [program, ...args],
		});
		assert.equal(titles.length, 7);
		return Promise.resolve();
	});
});

test("--serial pty:PATH makes a link to a raw terminal that outlives resets and is removed at the end", async () => {
	await withFlash(async (folder, args) => {
		const path = join(folder, "uart");
		await withBoard([...args, "--serial", `pty:${path}`], async (board) => {
			await linked(path);
			const terminal = new Terminal(path);
			terminal.send("say one\r");
			assert.ok(!(await terminal.expect("one\r\n")).includes("say one"), "no echo");
			terminal.send("exit 64\r");
			await terminal.expect("rst: software\r\n");
			await terminal.expect("started: ");
			terminal.close();
			const second = new Terminal(path);
			second.send("say two\r");
			await second.expect("two\r\n");
			second.send("exit 0\r");
			assert.equal((await board.ended).status, 0);
			second.close();
			assert.throws(() => lstatSync(path), { code: "ENOENT" });
			assert.ok(!board.output.includes("started"), "nothing of the line on standard output");
		});
	});
});

test("a pseudo-terminal nobody reads does not stop the loader", async () => {
	await withFlash(async (folder, args) => {
		const path = join(folder, "uart");
		const board = await Board.start([...args, "--option", "lossy=1", "--serial", `pty:${path}`]);
		await linked(path);
		const terminal = openSync(path, constants.O_RDWR | constants.O_NOCTTY);
		writeFileSync(terminal, "fill 200000\rexit 64\rexit 66\rexit 0\r");
		assert.equal((await board.ended).status, 0);
	});
});

test("a stale link is replaced; a file in its place is not touched", async () => {
	await withFlash(async (folder, args) => {
		const path = join(folder, "uart");
		symlinkSync("/dev/pts/nothing", path);
		await withBoard([...args, "--serial", `pty:${path}`], async () => {
			while (readlinkSync(path) === "/dev/pts/nothing") await new Promise((resolve) => setTimeout(resolve, 10));
			new Terminal(path).close();
		});
		writeFileSync(join(folder, "file"), "mine");
		const run = await runBoard([...args, "--serial", `pty:${join(folder, "file")}`]);
		assert.equal(run.status, 1);
		assert.match(run.stderr, /cannot link to the pseudo-terminal: File exists/);
		assert.ok(lstatSync(join(folder, "file")).isFile());
	});
});
