// SPDX-License-Identifier: Apache-2.0
//
// Finding the SDK's tests, reading their frontmatter, and the report.
// node-only: reads the tree.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { projectRoot } from "../../tools/build/index.js";
import { run } from "../../tools/sdk-tests/cli.js";
import { parseFrontmatter } from "../../tools/sdk-tests/frontmatter.js";
import { planTests } from "../../tools/sdk-tests/plan.js";
import { TapWriter } from "../../tools/sdk-tests/tap.js";

const samples = join(projectRoot, "tests/sdk/samples");

async function command(...args: string[]) {
	const text = { out: "", error: "" };
	const status = await run(args, {
		out: (part) => (text.out += part),
		error: (part) => (text.error += part),
	});
	return { status, ...text };
}

function plan(sdk: string, folder: string) {
	const target = mkdtempSync(join(tmpdir(), "upgate-test-"));
	try {
		return planTests(sdk, [folder], target);
	} finally {
		rmSync(target, { recursive: true });
	}
}

test("parseFrontmatter() reads flags, includes and negative in both forms of a list", () => {
	const head = "// a comment before\n/*---\r\ndescription: |\r\n  flags: [no]\r\nflags: [ async ,module]\r\n";
	const parsed = parseFrontmatter(
		`${head}includes:\r\n  - a.js\r\n  - b.js\r\nnegative:\r\n  phase: parse\r\n  type: SyntaxError\r\n---*/`,
		"x.js",
	);
	assert.deepEqual(parsed, {
		flags: ["async", "module"],
		includes: ["a.js", "b.js"],
		negative: { phase: "parse", type: "SyntaxError" },
	});
	assert.deepEqual(parseFrontmatter("/*---\n---*/", "x.js"), { flags: [], includes: [], negative: undefined });
});

test("parseFrontmatter() gives nothing for a file without: a fixture", () => {
	assert.equal(parseFrontmatter("/* --- */ export const a = 1;", "x.js"), undefined);
});

test("parseFrontmatter() refuses what it cannot read", () => {
	for (const text of ["  key below nothing", "flags: module", "flags:\n  module", "negative:\n  phase: runtime"]) {
		assert.throws(() => parseFrontmatter(`/*---\n${text}\n---*/`, "x.js"), { code: "SDK_TESTS_FRONTMATTER" }, text);
	}
	assert.throws(() => plan(samples, "io/damaged"), { code: "SDK_TESTS_FRONTMATTER" });
});

test("planTests() refuses a folder that is no SDK, is not there, or has no tests", () => {
	assert.throws(() => plan(projectRoot, "io/samples"), { code: "SDK_TESTS_FOLDER" });
	assert.throws(() => plan(samples, "io/none"), { code: "SDK_TESTS_FOLDER" });
});

test("without a path the command says what it skips and ends with 0", async () => {
	const { status, out } = await command();
	assert.equal(status, 0);
	assert.match(out, /^skipped: the SDK's own tests/);
});

test("with a path that is no SDK, or an option, the command says so and ends with 2", async () => {
	const { status, error } = await command(join(projectRoot, "tools"));
	assert.equal(status, 2);
	assert.match(error, /no checkout of the SDK/);
	const option = await command(samples, "--what");
	assert.equal(option.status, 2);
	assert.match(option.error, /^test:sdk: usage: /);
});

test("TapWriter marks explained failures, and counts an explanation that no longer holds as a failure", () => {
	let text = "";
	const tap = new TapWriter({ "a.js": "no such pin", "b.js": "too slow" }, (part) => (text += part));
	tap.add({ name: "a.js", result: "fail", reason: "first\nsecond", ms: 1, attempts: 1 });
	tap.add({ name: "b.js", result: "pass", ms: 1, attempts: 1 });
	tap.add({ name: "c.js", result: "fail", reason: "wrong", ms: 1, attempts: 1 });
	tap.add({ name: "d.js", result: "pass", ms: 2, attempts: 3 });
	tap.add({ name: "e.js", result: "skip", reason: "imports x", ms: 0, attempts: 0 });
	assert.deepEqual(tap.end(), { passed: 1, failed: 2, skipped: 1, explained: 1 });
	assert.deepEqual(text.split("\n").slice(0, -1), [
		"not ok 1 - a.js # TODO no such pin",
		"  # first",
		"  # second",
		"not ok 2 - b.js",
		"  # passes, although explained as: too slow",
		"not ok 3 - c.js",
		"  # wrong",
		"ok 4 - d.js # 2 ms, attempt 3",
		"ok 5 - e.js # SKIP imports x",
		"1..5",
		"# 1 passed, 2 failed, 1 differ as explained, 1 skipped",
	]);
});
