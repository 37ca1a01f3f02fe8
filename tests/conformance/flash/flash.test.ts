// SPDX-License-Identifier: Apache-2.0
//
// Conformance of `embedded:storage/flash` on Linux: the XS program in ../programs/flash, on a small flash. With
// UPGATE_SANITIZE=0 in the environment it is built without AddressSanitizer and UndefinedBehaviorSanitizer.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import test from "node:test";
import { build } from "../../../tools/build/index.js";
import { createFlash } from "../../../tools/flash-image-lib/index.js";

const csv = `
nvs,       data, nvs,   0x9000,  0x5000,
otadata,   data, ota,   0xe000,  0x2000,
ota_0,     app,  ota_0, 0x10000, 0x20000,
ota_1,     app,  ota_1, 0x30000, 0x20000,
xs_test,   data, 0x40,  0x50000, 0x20000,
read_only, data, 0x41,  0x70000, 0x1000, readonly
`;

interface Result {
	title: string;
	ok: boolean;
	error?: string;
}

const folder = mkdtempSync(join(tmpdir(), "upgate-test-"));
const flash = join(folder, "flash");
const { executable } = await build({
	manifest: "tests/conformance/programs/flash/manifest.json",
	name: "flash-conformance",
	sanitize: process.env.UPGATE_SANITIZE !== "0",
});

/** Runs the program until it has told its last result; it would run on. */
async function run(args: string[]): Promise<{ results: Result[]; done: number | undefined; stderr: string }> {
	const child = spawn(executable, ["--mac", "020000000001", ...args], { stdio: ["ignore", "pipe", "pipe"] });
	const deadline = setTimeout(() => child.kill("SIGKILL"), 60_000);
	const results: Result[] = [];
	let stderr = "";
	let done: number | undefined;
	child.stderr.on("data", (bytes: Buffer) => (stderr += bytes.toString()));
	for await (const line of createInterface({ input: child.stdout })) {
		if (!line.startsWith("{")) continue;
		const record = JSON.parse(line) as Result & { done?: number };
		done = record.done;
		if (done !== undefined) break;
		results.push(record);
	}
	clearTimeout(deadline);
	child.kill("SIGKILL");
	return { results, done, stderr };
}

writeFileSync(
	flash,
	createFlash({ csv, size: 0x80000, images: { ota_0: Buffer.from([0x10]), ota_1: Buffer.from([0x11]) } }),
);
const { results, done, stderr } = await run(["--flash", flash, "--slot", "1"]);
rmSync(folder, { recursive: true });

test("the flash suite has run to its end", () => {
	assert.equal(done, results.length, stderr);
	assert.ok(results.length >= 24);
});
for (const { title, ok, error } of results) {
	test(title, () => {
		assert.ok(ok, error);
	});
}
