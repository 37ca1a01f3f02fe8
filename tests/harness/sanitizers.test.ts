// SPDX-License-Identifier: Apache-2.0
//
// That a report of each sanitizer is noticed: programs with one fault each, built with the flags of our C.
// node-only: compiler and processes

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { assertNoReport } from "./sanitizers.js";

const folder = mkdtempSync(join(tmpdir(), "upgate-sanitizers-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function run(name: string, body: string): { status: number | null; stderr: string } {
	const source = join(folder, `${name}.c`);
	writeFileSync(source, `#include <stdlib.h>\nint main(int argc, char **argv) { (void)argv; ${body} }\n`);
	const flags = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"];
	execFileSync("gcc", [...flags, source, "-o", join(folder, name)]);
	return spawnSync(join(folder, name), { encoding: "utf8" });
}

for (const [name, body] of [
	["overflow", "volatile char *p = malloc(4); p[3 + argc] = 1; return 0;"],
	["arithmetic", "volatile int most = 0x7fffffff; return most + argc;"],
	["null", "volatile char *none = argc > 5 ? argv[0] : 0; return *none;"],
])
	test(`a program with a fault ends with an error and a report: ${name}`, () => {
		const { status, stderr } = run(name, body);
		assert.notEqual(status, 0);
		assert.throws(() => assertNoReport(stderr), /a sanitizer complained/);
	});

test("a program without a fault has no report", () => {
	const { status, stderr } = run("sound", "volatile char *p = malloc(4); p[argc] = 1; free((void *)p); return 0;");
	assert.equal(status, 0);
	assertNoReport(`${stderr}warning: something else\n`);
});
