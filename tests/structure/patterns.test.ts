// SPDX-License-Identifier: Apache-2.0
//
// No regular expression stands outside of functions in what runs on a chip. There modules are preloaded, and XS 14 to 17 (Moddable SDK
// 8.2.3, xsre.c, fxAllocateRegExpData) match a preloaded expression with memory of the C heap that the garbage collector takes
// for its own: the next collection crashes the program. A literal in a function is made anew each time, and is well.
// node-only: reads the tree.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import ts from "typescript";
import { projectRoot } from "../../tools/build/index.js";
import { projectFiles } from "../../tools/lib/check.js";

/** @returns places of literals, and of `RegExp` being called, that run when the module is loaded */
function preloadedPatterns(name: string, text: string): string[] {
	const source = ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true);
	const found: string[] = [];
	const isCall = (node: ts.Node): boolean =>
		(ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText(source) === "RegExp";
	const visit = (node: ts.Node): void => {
		if (ts.isFunctionLike(node)) return;
		if (ts.isRegularExpressionLiteral(node) || isCall(node))
			found.push(`${name}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`);
		ts.forEachChild(node, visit);
	};
	visit(source);
	return found;
}

test("what is looked for is found, and nothing else", () => {
	const text = [
		"const a = /a/;",
		"const list = Object.freeze([/b/u]);",
		"class C { static d = new RegExp('d'); e() { return /e/; } }",
		"const f = (g: string) => /g/.test(g);",
		"function h() { return RegExp('h'); }",
	].join("\n");
	assert.deepEqual(preloadedPatterns("x.ts", text), ["x.ts:1", "x.ts:2", "x.ts:3"]);
});

test("no module of the firmware has a pattern that is preloaded", () => {
	const files = ["main.ts", ...["gateway", "modules", "hosts"].flatMap((folder) => projectFiles([".ts"], folder))];
	assert.ok(files.length > 100);
	const found = files.flatMap((file) => preloadedPatterns(file, readFileSync(join(projectRoot, file), "utf8")));
	assert.deepEqual(found, []);
});
