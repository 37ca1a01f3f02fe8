// SPDX-License-Identifier: Apache-2.0
//
// A program that cannot go on ends at once, with a status of its own for each cause and a message that says where.

import assert from "node:assert/strict";
import test from "node:test";
import { start } from "./io-program.js";

async function end(suite: string): Promise<{ status: number | null; text: string }> {
	const child = await start(suite);
	let text = "";
	child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
	const timer = setTimeout(() => child.kill("SIGKILL"), 60_000);
	const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
	clearTimeout(timer);
	return { status, text };
}

const cases: [string, string, number, RegExp][] = [
	[
		"an exception at start",
		"fatal-start",
		66,
		/unhandled exception: Refusal: on purpose\n.*\n at refuse \(tests\/conformance\/programs\/io\/fatal\.ts:12\)/,
	],
	[
		"an exception in a callback",
		"fatal-callback",
		66,
		/unhandled exception: Refusal: on purpose\n.*\n at refuse \(.*fatal\.ts:12\)/,
	],
	[
		"a rejection nobody handles",
		"fatal-rejection",
		67,
		/unhandled rejection: Refusal: on purpose\n.*\n at refuse \(.*fatal\.ts:12\)/,
	],
	["a stack without end", "fatal-stack", 68, /stack overflow: .*stack \d+ of \d+\s+at \(.*fatal\.ts:16\)/],
	["slots that fill the heap", "fatal-slots", 65, /memory full: chunks \d+ of \d+ bytes, slots \d+ of \d+/],
	["a buffer larger than the heap", "fatal-chunks", 65, /memory full: chunks \d+ of \d+ bytes/],
	[
		"a rejection handled in the same turn goes on to the exception after it",
		"handled-rejection",
		66,
		/unhandled exception/,
	],
];

for (const [title, suite, status, text] of cases) {
	test(`${title} ends with status ${status}`, async () => {
		const result = await end(suite);
		assert.match(result.text, text);
		assert.equal(result.status, status);
	});
}

test("options that are no pairs end with status 70", async () => {
	const child = await start("timer", ["--option"]);
	const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
	assert.equal(status, 70);
});
