// SPDX-License-Identifier: Apache-2.0
//
// The life of a board: how it is started, reset, switched off and killed.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { MAC, runBoard, withBoard } from "./harness/board.js";
import { inTemporaryFolder } from "./harness/c-tests.js";
import { compileFirmware, getSelection, makeFlash, packFirmware, setSelection, writeFlash } from "./harness/flash.js";

interface Context {
	folder: string;
	flash: string;
	args: string[];
}

function withFlash(action: (context: Context) => Promise<void>, selection?: [string, string]): Promise<void> {
	return inTemporaryFolder(async (folder) => {
		const program = compileFirmware();
		const bytes = makeFlash([packFirmware(program, "1.0"), packFirmware(program, "2.0")]);
		if (selection !== undefined) setSelection(bytes, selection);
		const flash = writeFlash(folder, bytes);
		await action({ folder, flash, args: ["--flash", flash, "--mac", MAC, "--panic-delay", "0"] });
	});
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

async function goneSoon(pid: number): Promise<boolean> {
	for (let i = 0; i < 500 && isAlive(pid); i++) await new Promise((resolve) => setTimeout(resolve, 10));
	return !isAlive(pid);
}

test("the firmware gets its arguments, options included, and status 0 switches the board off", async () => {
	await withFlash(async ({ flash, args }) => {
		const passed = [
			"--listen",
			"127.0.0.1",
			"--port",
			"sip=5060",
			"--clock",
			"2026-01-01T00:00:00Z",
			"--time-scale",
			"10",
		];
		passed.push("--events", "/dev/null", "--flash-timing", "0", "--option", "a=b", "--option", "c=d");
		const run = await runBoard([...args, ...passed], "exit 0\n");
		assert.equal(run.status, 0);
		const [, given] = /^started: (.*)\r$/m.exec(run.stdout) ?? [];
		const serial = /--serial-fd (\d+)/.exec(given ?? "")?.[1] ?? "";
		const own = `upgate --flash ${flash} --slot 0 --mac ${MAC} --reset-reason power-on --serial-fd ${serial}`;
		assert.equal(
			given?.replace(/--powered \d+/, "--powered N"),
			`${own} --powered N --watchdog 30 ${passed.join(" ")}`,
		);
	});
});

test("status 64 is a software reset; other statuses and signals are panics", async () => {
	await withFlash(async ({ args }) => {
		const ends = [
			"exit 64",
			"exit 65",
			"exit 66",
			"exit 67",
			"exit 68",
			"exit 1",
			"exit 64",
			"kill 11",
			"kill 9",
			"exit 127",
		];
		const run = await runBoard(args, `${[...ends, "exit 0"].join("\n")}\n`);
		const reasons = [...run.stdout.matchAll(/^rst: (.*)\r$/gm)].map((match) => match[1]);
		const given = [...run.stdout.matchAll(/--reset-reason (\S+)/g)].map((match) => match[1]);
		const expected = ends.map((end) => (end === "exit 64" ? "software" : "panic"));
		assert.deepEqual(reasons, ["power-on", ...expected]);
		assert.deepEqual(given, reasons);
		assert.match(run.stdout, /^panic: status 66\r$/m);
		assert.match(run.stdout, /^panic: signal 11 \(Segmentation fault\)\r$/m);
		assert.equal(run.status, 0);
	});
});

test("a new firmware that panics before it confirms itself is rolled back", async () => {
	await withFlash(
		async ({ flash, args }) => {
			const run = await runBoard(args, "exit 66\nexit 0\n");
			const booted = [...run.stdout.matchAll(/^boot: (.*)\r$/gm)].map((match) => match[1]);
			assert.deepEqual(booted, ["ota_1 at 0x60000, test 2.0, pending", "ota_0 at 0x20000, test 1.0, valid"]);
			assert.deepEqual(getSelection(readFileSync(flash)), ["1:VALID", "2:ABORTED"]);
		},
		["1:VALID", "2:NEW"],
	);
});

test("each change of the boot choice costs one sector erase and one page program", async () => {
	await withFlash(
		async ({ flash, args }) => {
			const { parseFile } = await import("../../tools/flash-image-lib/index.js");
			await runBoard(args, "exit 64\nexit 0\n");
			const { sectorErases, blockErases, programs, wear } = parseFile(readFileSync(flash));
			assert.deepEqual([sectorErases, blockErases, programs, wear[0xe], wear[0xf]], [2, 0, 2, 0, 2]);
		},
		["1:VALID", "2:NEW"],
	);
});

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
	test(`${signal} switches the board off: the firmware is gone and the status is 0`, async () => {
		await withFlash(async ({ args }) => {
			await withBoard(args, async (board) => {
				board.send("pid");
				const [, pid] = await board.expect(/pid (\d+) /);
				board.process.kill(signal);
				assert.deepEqual(await board.ended, { status: 0, signal: null });
				assert.ok(!isAlive(Number(pid)));
			});
		});
	});
}

test("killing the loader kills the firmware, and the board starts again at once", async () => {
	await withFlash(async ({ args }) => {
		await withBoard(args, async (board) => {
			board.send("lock");
			await board.expect(/lock done/);
			board.send("pid");
			const [, pid] = await board.expect(/pid (\d+) /);
			board.process.kill("SIGKILL");
			assert.deepEqual((await board.ended).signal, "SIGKILL");
			const run = await runBoard(args, "exit 0\n");
			assert.equal(run.status, 0, run.stderr);
			assert.ok(await goneSoon(Number(pid)));
		});
	});
});

test("a second board on the same flash file is refused with status 1", async () => {
	await withFlash(async ({ args }) => {
		await withBoard(args, async (board) => {
			board.send("lock");
			await board.expect(/lock done/);
			const run = await runBoard(args);
			assert.equal(run.status, 1);
			assert.match(run.stderr, /flash file is in use by another process/);
		});
	});
});

test("the firmware may take the flash: the loader does not hold it meanwhile, and reads it again after a reset", async () => {
	await withFlash(async ({ args }) => {
		const run = await runBoard(args, "lock\nexit 64\nlock\nexit 0\n");
		assert.equal([...run.stdout.matchAll(/lock done/g)].length, 2);
		assert.equal(run.status, 0);
	});
});

test("the firmware inherits nothing but its serial line and the standard descriptors", async () => {
	await withFlash(async ({ args }) => {
		const run = await runBoard(args, "fds\nexit 0\n");
		const serial = /--serial-fd (\d+)/.exec(run.stdout)?.[1] ?? "";
		assert.ok(run.stdout.includes(`fds 0 1 2 ${serial}\r\n`), run.stdout);
	});
});

test("a board that waits after panics can be switched off", async () => {
	await withFlash(async ({ args }) => {
		const slow = [...args.slice(0, -1), "60000"];
		await withBoard(slow, async (board) => {
			board.send("exit 66");
			await board.expect(/rst: panic/); // the first one does not wait
			await board.expect(/started/);
			board.send("exit 67");
			await board.expect(/panic: status 67/);
			board.process.kill("SIGTERM");
			assert.deepEqual(await board.ended, { status: 0, signal: null });
		});
	});
});

test("without a serial line the firmware runs with descriptor -1", async () => {
	await withFlash(async ({ folder, args }) => {
		const events = join(folder, "events");
		const run = await runBoard([...args, "--serial", "none", "--events", events, "--option", "exit=0"]);
		assert.deepEqual([run.status, run.stdout], [0, ""]);
		assert.match(readFileSync(events, "utf8"), / --serial-fd -1 --powered \d+ --watchdog 30 --events /);
	});
});

test("bad options end with status 1, a reason and the usage", async () => {
	const cases: [string[], RegExp][] = [
		[[], /--flash is missing/],
		[["--flash"], /--flash needs a value/],
		[["--flash", "f"], /--mac is 12 hex digits/],
		[["--flash", "f", "--mac", "00908F1DD0D"], /--mac is 12 hex digits/],
		[["--flash", "f", "--mac", "00908F1DD0DG"], /--mac is 12 hex digits/],
		[["--flash", "f", "--mac", MAC, "--serial", "pty:"], /--serial is/],
		[["--flash", "f", "--mac", MAC, "--panic-delay", "-1"], /--panic-delay is 0 to 60000/],
		[["--flash", "f", "--mac", MAC, "--once", "1"], /unknown option --once/],
		[["--flash", "f", "--mac", MAC, ...Array<string[]>(65).fill(["--option", "a=b"]).flat()], /more than 64 options/],
	];
	for (const [args, reason] of cases) {
		const run = await runBoard(args);
		assert.equal(run.status, 1);
		assert.match(run.stderr, reason);
		assert.match(run.stderr, /usage: bootloader/);
	}
});

test("a flash file that is missing or damaged ends with status 1, an empty partition table with status 2", async () => {
	await withFlash(async ({ flash, folder, args }) => {
		const { buildFile } = await import("../../tools/flash-image-lib/index.js");
		const missing = await runBoard(["--flash", join(folder, "nothing"), "--mac", MAC]);
		assert.deepEqual([missing.status, /No such file/.test(missing.stderr)], [1, true]);
		writeFlash(folder, readFileSync(flash).subarray(1));
		const damaged = await runBoard(args);
		assert.deepEqual([damaged.status, /not a flash file/.test(damaged.stderr)], [1, true]);
		writeFlash(folder, buildFile(Buffer.alloc(0x100000, 0xff)));
		const empty = await runBoard(args);
		assert.deepEqual([empty.status, /no partition table/.test(empty.stderr)], [2, true]);
	});
});
