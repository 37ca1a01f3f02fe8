// SPDX-License-Identifier: Apache-2.0
//
// The builder's scripts: TypeScript to JavaScript, native bindings lowered, only what changed made again. The C side
// runs in tests/xs and the end-to-end tests.

import assert from "node:assert/strict";
import { rmSync, utimesSync } from "node:fs";
import { join, relative } from "node:path";
import test, { afterEach, beforeEach } from "node:test";
import { projectRoot } from "../../tools/build/index.js";
import { Project } from "./builder-project.js";

let project: Project;

beforeEach(() => {
	project = new Project();
});

afterEach(() => {
	project.remove();
});

test("scripts: JavaScript, source map, lists", async () => {
	project.write({
		"manifest.json": {
			modules: { "*": ["./main"], "embedded:io/*": "./io/*" },
			preload: ["main"],
			data: { "*": "./d/*" },
		},
		"main.ts": "// comment\ninterface A {\n\ta: number;\n}\nexport const a: A = { a: 1 };\n",
		"io/tcp.js": "export default 1;",
		"io/tcp.c": "#include <x.h>\nint f(void) { return xsID_open + xsID_zoo; }\n",
		"io/tcp.h": "#define B xsID_bar\n",
		"d/x.bin": "abc",
	});
	assert.deepEqual(await project.update(), ["script main", "script embedded:io/tcp"]);
	assert.match(project.output("modules/main.js"), /^export const a = \{ a: 1 \};\n$/m);
	const map = JSON.parse(project.output("modules/main.js.map")) as { sources: string[]; mappings: string };
	assert.deepEqual(map.sources, [relative(projectRoot, join(project.folder, "main.ts"))]);
	const rows = project.output("modules.list").trimEnd().split("\n");
	const columns = rows.map((row) => row.split("\t").map((path) => relative(project.folder, join(projectRoot, path))));
	assert.deepEqual(
		rows.map((row) => [row.split("\t")[0], row.split("\t")[3]]),
		[
			["main", "1"],
			["embedded:io/tcp", "0"],
			["mc/config", "1"],
		],
	);
	assert.deepEqual(columns[1]?.slice(1, 2), ["out/modules/~.embedded/io/tcp.js"]);
	assert.equal(rows[1]?.split("\t")[2], "-");
	assert.equal(project.output("ids.list"), "bar\nopen\nzoo\n");
	assert.match(project.output("mc.resources.c"), /resource0\[\] = \{97,98,99\}/);
});

test("scripts: only what changed is made again, and a touch is no change", async () => {
	project.write({ "manifest.json": { modules: { "*": ["./a", "./b"] } }, "a.ts": "export {};", "b.ts": "export {};" });
	assert.deepEqual(await project.update(), ["script a", "script b"]);
	assert.deepEqual(await project.update(), []);
	utimesSync(join(project.folder, "a.ts"), new Date(), new Date(Date.now() + 5000));
	assert.deepEqual(await project.update(), []);
	project.write({ "b.ts": "export const b = 2;" });
	assert.deepEqual(await project.update(), ["script b"]);
	rmSync(join(project.folder, "out/modules/a.js"));
	assert.deepEqual(await project.update(), ["script a"]);
});

test("TypeScript: class fields are defined, syntax errors have line and column", async () => {
	assert.match(await project.transpile("export class A { x = 1; #y?: string; static z = 2; }"), /^\s*x = 1;$/m);
	await assert.rejects(project.transpile("export const a = 1;\nconst = 2;\n"), (error: Error) => {
		assert.match(error.message, /main\.ts:2:7: /);
		return true;
	});
});

test("natives: whole bodies are lowered, lines stay", async () => {
	const source = `export class A extends Native("xs_a_destructor") {
	constructor(options: object) {
		super();
		native("xs_a").call(this, options);
	}
	read(count?: number): number {
		return native("xs_a_read").call(this, count) as number;
	}
	get x(): number { return native("xs_a_get_x").call(this); }
	set x(value: number) { native("xs_a_set_x").call(this, value); }
	static all(...list: number[]): void { native("xs_a_all").call(this, ...list); }
	plain(): number { return 1; }
}
export function f(this: unknown, a: number): void { native("xs_f").call(this, a); }
const table = { g() { return native("xs_g").call(this); }, after: 2 };
export default table;
`;
	const js = await project.transpile(source);
	const words = js.replace(/\s+/g, " ");
	assert.ok(
		words.includes('export class A @ "xs_a_destructor" { constructor(options) @ "xs_a" read(count) @ "xs_a_read" get'),
		js,
	);
	assert.ok(
		words.includes(
			'get x() @ "xs_a_get_x" set x(value) @ "xs_a_set_x" static all(...list) @ "xs_a_all" plain() { return 1; }',
		),
	);
	assert.ok(words.includes('export function f(a) @ "xs_f" const table = { g() @ "xs_g", after: 2 };'));
	const map = JSON.parse(project.output("modules/main.js.map")) as { mappings: string };
	assert.equal(js.trimEnd().split("\n").length, map.mappings.split(";").length);
});

test("natives: any other form is refused at its place", async () => {
	const cases: [source: string, place: string][] = [
		['export const f = native("xs_f");', "1:18"],
		['export const f = (a: number) => native("xs_f").call(null, a);', "1:33"],
		['function f(a: number) {\n\tif (a) native("xs_f").call(this, a);\n}', "2:9"],
		['function f(a: number, b: number) { native("xs_f").call(this, b, a); }', "1:36"],
		['function f(a: number, b: number) { native("xs_f").call(this, a); }', "1:36"],
		['function f(a = 1) { native("xs_f").call(this, a); }', "1:21"],
		['function f(a: number) { native("xs_f").call(this, a + 1); }', "1:25"],
		["function f(a: string) { native(a).call(this, a); }", "1:25"],
		['async function f() { native("xs_f").call(this); }', "1:22"],
		['function* f() { native("xs_f").call(this); }', "1:17"],
		['class A extends Native("d") {\n\tconstructor() { super(); this.a = 1; }\n}', "2:2"],
		['const N = Native("d");', "1:11"],
	];
	for (const [source, place] of cases) {
		await assert.rejects(project.transpile(source), (error: Error & { code?: string }) => {
			assert.equal(error.code, "NATIVE_FORM", source);
			assert.ok(
				error.message.startsWith(`${join(project.folder, "main.ts")}:${place}: `),
				`${error.message}\n${source}`,
			);
			return true;
		});
	}
});
