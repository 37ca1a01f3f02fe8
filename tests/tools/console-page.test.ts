// SPDX-License-Identifier: Apache-2.0
//
// docs/console.md says what the commands say of themselves, and they say enough.
// node-only: reads the tree.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { projectRoot } from "../../tools/build/index.js";
import { allCommands, consoleMarkdown, consolePage } from "../../tools/lib/console-page.js";

test("the page of the console is the one that npm run docs makes", () => {
	assert.equal(readFileSync(join(projectRoot, consolePage), "utf8"), consoleMarkdown(), "run npm run docs");
});

test("every command is there once, and has help that fits a line", () => {
	const commands = allCommands();
	assert.ok(commands.length > 50, String(commands.length));
	assert.equal(new Set(commands.map(({ words }) => words)).size, commands.length);
	for (const { words, help } of commands) assert.ok(help.length > 0 && help.length < 72, `${words}: ${help}`);
});
