// SPDX-License-Identifier: Apache-2.0
//
// docs/parameters.md says what the tables of modules/settings say.
// node-only: reads the tree.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { parameters } from "../../modules/settings/registry.js";
import { projectRoot } from "../../tools/build/index.js";
import { parametersMarkdown, parametersPage } from "../../tools/lib/parameters.js";

test("the page of the parameters is the one that npm run docs makes", () => {
	const page = readFileSync(join(projectRoot, parametersPage), "utf8");
	assert.equal(page, parametersMarkdown(), "run npm run docs");
	const rows = page
		.split("\n")
		.filter((line) => line.startsWith("| ") && !line.startsWith("| name ") && !line.startsWith("| --- "));
	assert.equal(rows.length, parameters.length);
	for (const row of rows) assert.equal(row.replaceAll("\\|", "").split("|").length, 11, row);
});
