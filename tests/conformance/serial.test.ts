// SPDX-License-Identifier: Apache-2.0
//
// Conformance of `embedded:io/serial`: the suite of the program, then the line on pipes, files and /dev/null.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { ioProgram, start, testSuite } from "./io-program.js";

await testSuite("serial", [], 4);

test("Serial echoes 256 KB through pipes with back-pressure", async () => {
	const child = await start("serial-echo");
	const sent = Buffer.alloc(
		262_144,
		Uint8Array.from({ length: 251 }, (_, i) => i),
	);
	child.stdin.write(sent);
	const received: Buffer[] = [];
	let length = 0;
	for await (const chunk of child.stdout) {
		received.push(chunk as Buffer);
		length += (chunk as Buffer).length;
		if (length >= sent.length) break;
	}
	child.kill("SIGKILL");
	assert.ok(Buffer.concat(received).equals(sent));
});

/** CPU seconds that a process has used (/proc/PID/stat, fields 14 and 15). */
function cpuSeconds(pid: number): number {
	const fields = readFileSync(`/proc/${String(pid)}/stat`, "latin1")
		.replace(/^.*\) /, "")
		.split(" ");
	return (Number(fields[11]) + Number(fields[12])) / 100;
}

test("Serial is silent at the end of input, and does not spin", async () => {
	const child = await start("serial-echo");
	child.stdin.end("last words");
	await delay(300);
	const before = cpuSeconds(child.pid as number);
	await delay(1000);
	assert.equal(child.exitCode, null);
	assert.ok(cpuSeconds(child.pid as number) - before < 0.3);
	assert.equal((child.stdout.read() as Buffer).toString(), "last words");
	child.kill("SIGKILL");
});

test("Serial goes on when nobody reads its output any more", async () => {
	const child = await start("serial-echo");
	child.stdout.destroy();
	child.stdin.write("x".repeat(50_000));
	await delay(500);
	assert.equal(child.exitCode, null);
	assert.equal(child.signalCode, null);
	child.kill("SIGKILL");
});

test("Serial takes regular files and /dev/null", async () => {
	const folder = mkdtempSync(join(tmpdir(), "serial-"));
	const [from, to] = [join(folder, "in"), join(folder, "out")];
	writeFileSync(from, "0123456789".repeat(2000));
	const files = [openSync(from, "r"), openSync(to, "w")];
	const child = spawn(await ioProgram(), ["--mac", "020000000001", "--option", "suite=serial-echo"], {
		stdio: [files[0], files[1], "ignore"],
	});
	for (let i = 0; i < 100 && statSync(to).size < 20_000; i++) await delay(50);
	child.kill("SIGKILL");
	files.forEach(closeSync);
	assert.equal(readFileSync(to, "latin1"), readFileSync(from, "latin1"));
	rmSync(folder, { recursive: true });
	const silent = spawnSync(await ioProgram(), ["--mac", "020000000001", "--option", "suite=serial"], {
		stdio: "ignore",
		timeout: 1000,
	});
	assert.equal(silent.status, null, "still running when stopped");
});
