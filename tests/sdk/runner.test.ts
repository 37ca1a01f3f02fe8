// SPDX-License-Identifier: Apache-2.0
//
// The runner of the SDK's tests, tried on files of our own in the same form: their names say how each must end.
// node-only: builds and runs a program.

import assert from "node:assert/strict";
import { join } from "node:path";
import test from "node:test";
import { build, projectRoot } from "../../tools/build/index.js";
import { planTests } from "../../tools/sdk-tests/plan.js";
import { type TestResult, runTests } from "../../tools/sdk-tests/run.js";

const samples = join(projectRoot, "tests/sdk/samples");
const { manifest, tests } = planTests(samples, ["io/samples"], join(projectRoot, "build/sdk-samples-bundle"));
const { executable } = await build({
	manifest,
	name: "sdk-samples",
	sanitize: process.env.UPGATE_SANITIZE !== "0",
});
const late = tests.filter(({ name }) => name.includes("late"));
const results = [
	...(await runTests({ executable, tests: tests.filter((item) => !late.includes(item)) })),
	...(await runTests({ executable, tests: late, deadlineMs: 300 })),
];

function result(name: string): TestResult {
	const found = results.find((item) => item.name === `io/samples/${name}.js`);
	assert.ok(found, name);
	return found;
}

test("every sample has run, and fixtures are no tests", () => {
	assert.equal(results.length, 24);
	assert.ok(results.every(({ name }) => !name.includes("FIXTURE")));
});

for (const { name, result, reason } of results) {
	test(`${name} ends as its name says`, () => {
		assert.ok(name.startsWith(`io/samples/${result}`), `${result}: ${reason ?? ""}`);
	});
}

const reasons: Record<string, RegExp> = {
	fail: /numbers: expected 2, got 1/,
	"fail-throws-other": /expected Error, got RangeError: a subclass/,
	"fail-throws-nothing": /quiet: expected Error, got no exception/,
	"fail-not-true": /expected true, got 1/,
	"fail-done": /^the reason$/,
	"fail-do": /expected "b", got "a"/,
	"fail-timeout": /^nothing came$/,
	"fail-late": /no end within 300 ms/,
	"fail-callback": /ended with 66.*thrown in a callback/s,
	"fail-negative": /expected TypeError, got no exception/,
	"fail-negative-other": /Test262Error: expected true/,
	"skip-script": /a script, not a module/,
	"skip-flag": /flag CanBlockIsFalse/,
	"skip-includes": /includes propertyHelper.js/,
	"skip-parse": /negative in phase parse/,
	"skip-import": /imports embedded:io\/pwm/,
	"skip-peer": /no peer to stand for www.example.com/,
};

for (const [name, reason] of Object.entries(reasons)) {
	test(`${name} gives its reason`, () => {
		assert.match(result(name).reason ?? "", reason);
	});
}

test("a test that compares with the clock gets more attempts, others one", () => {
	assert.equal(result("pass-third-time").attempts, 3);
	assert.equal(result("fail").attempts, 1);
});
