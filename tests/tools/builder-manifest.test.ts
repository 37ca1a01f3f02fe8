// SPDX-License-Identifier: Apache-2.0
//
// What a manifest means to the builder, and that each mistake names its manifest and key.

import assert from "node:assert/strict";
import { join, relative } from "node:path";
import test, { afterEach, beforeEach } from "node:test";
import { configModule, creationHeader, definesHeader } from "../../tools/build/generate.js";
import { parseJson } from "../../tools/build/json.js";
import { Project } from "./builder-project.js";

let project: Project;

beforeEach(() => {
	project = new Project();
});

afterEach(() => {
	project.remove();
});

test("modules: wildcards in target and source, single files, arrays, C beside", () => {
	project.write({
		"manifest.json": { modules: { "*": ["./main", "./extra"], "upgate/ini/*": "./ini/*", "x/*y": "./pre*" } },
		"main.ts": "",
		"extra.js": "",
		"extra.c": "",
		"extra.h": "",
		"ini/parse.ts": "",
		"ini/table.json": "{}",
		"ini/manifest.json": "{}",
		"ini/README.md": "",
		"ini/types.d.ts": "",
		"ini/.hidden.js": "",
		"ini/below/no.ts": "",
		"prefix.js": "",
	});
	assert.deepEqual(project.modules(), {
		main: "main.ts",
		extra: "extra.js",
		"upgate/ini/parse": "ini/parse.ts",
		"upgate/ini/table": "ini/table.json",
		"x/fixy": "prefix.js",
	});
	const { cSources, cIncludes } = project.match();
	assert.deepEqual(cSources, [join(project.folder, "extra.c")]);
	assert.deepEqual(cIncludes, [project.folder]);
});

test("modules: ~ leaves files out, in whatever manifest it stands", () => {
	project.write({
		"manifest.json": { include: "./m/manifest.json", modules: { "~": "./m/b", "*": "./m/../main" } },
		"main.js": "",
		"m/manifest.json": { modules: { "m/*": "./*" } },
		"m/a.js": "",
		"m/b.js": "",
		"m/b.c": "",
	});
	assert.deepEqual(project.modules(), { "m/a": "m/a.js", main: "main.js" });
	assert.deepEqual(project.match().cSources, []);
});

test("include: nested, relative to the including manifest, each once, before what includes it", () => {
	project.write({
		"manifest.json": {
			include: ["./a/manifest.json", "./b/manifest.json"],
			config: { name: "top", list: [1], deep: { top: 1 } },
		},
		"a/manifest.json": {
			include: ["../b/manifest.json"],
			config: { name: "a", a: true, list: [2, 3], deep: { a: 1 } },
		},
		"b/manifest.json": { include: ["../a/manifest.json"], config: { name: "b", b: true }, modules: { "*": "./only" } },
		"b/only.js": "",
	});
	const manifest = project.load();
	assert.deepEqual(
		manifest.files.map((path) => relative(project.folder, path)),
		["b/manifest.json", "a/manifest.json", "manifest.json"],
	);
	assert.deepEqual(manifest.config, { name: "top", b: true, a: true, list: [1], deep: { a: 1, top: 1 } });
});

test("build: variables in paths, later manifests, default from the environment", () => {
	process.env.BUILDER_TEST_SET = join(project.folder, "there");
	project.write({
		"manifest.json": {
			build: { HERE: "./lib", DEEP: "$(HERE)/deep", "BUILDER_TEST_SET ?=": "./no", "BUILDER_TEST_UNSET ?=": "./lib" },
			include: "$(DEEP)/manifest.json",
			modules: { "*": ["$(BUILDER_TEST_SET)/one", "$(BUILDER_TEST_UNSET)/two"] },
		},
		"lib/deep/manifest.json": { build: { LIBRARIES: "-lx -ly" }, modules: { three: "$(HERE)/three" } },
		"lib/three.js": "",
		"lib/two.js": "",
		"there/one.js": "",
	});
	assert.deepEqual(project.modules(), { three: "lib/three.js", one: "there/one.js", two: "lib/two.js" });
	assert.deepEqual(project.load().libraries, ["-lx", "-ly"]);
	delete process.env.BUILDER_TEST_SET;
});

test("platforms: the matching one is added after the common part; `...` only when none matches", () => {
	const manifest = {
		config: { host: "none", common: 1 },
		platforms: {
			linux: { config: { host: "linux" }, include: "./l/manifest.json" },
			"linux/*": { config: { host: "linux variant" } },
			esp32: { resources: { "*": "./never" }, error: "not here" },
			"...": { config: { host: "other" } },
		},
	};
	project.write({ "manifest.json": manifest, "l/manifest.json": { config: { included: true, host: "low" } } });
	assert.deepEqual(project.load().config, { host: "linux", common: 1, included: true });
	assert.equal(project.load("linux/small").config.host, "linux variant");
	assert.equal(project.load("lin").config.host, "other");
	assert.throws(() => project.load("esp32"), { code: "MANIFEST_KEY" });
});

test("platforms: error and warning", () => {
	project.write({ "manifest.json": { warning: "old", platforms: { "...": { error: "no such chip" } } } });
	project.refused("MANIFEST_PLATFORM", "manifest.json: platforms.....error: no such chip");
	project.write({ "manifest.json": { warning: "old" } });
	assert.deepEqual(project.load().warnings, [`${join(project.folder, "manifest.json")}: old`]);
});

test("preload: names, and wildcards for JavaScript only", () => {
	project.write({
		"manifest.json": { modules: { "a/*": "./*" }, preload: ["a/one", "a/t*"] },
		"one.ts": "",
		"two.ts": "",
		"three.js": "",
		"four.js": "",
	});
	const preloaded = project.match().modules.filter((file) => file.preload);
	assert.deepEqual(
		preloaded.map((file) => file.specifier),
		["a/one", "a/three"],
	);
});

test("data: every file by pattern, with its extension", () => {
	project.write({
		"manifest.json": { data: { "ca/*": "./c/*", "~": "./c/no.pem" } },
		"c/a.der": "a",
		"c/b": "",
		"c/no.pem": "",
	});
	const { data } = project.match();
	assert.deepEqual(data, [
		{ name: "ca/a.der", source: join(project.folder, "c/a.der") },
		{ name: "ca/b", source: join(project.folder, "c/b") },
	]);
});

test("mistakes name the manifest and the key", () => {
	const cases: [code: string, place: string, manifest: unknown][] = [
		["MANIFEST_KEY", "manifest.json: module: unknown key", { module: {} }],
		[
			"MANIFEST_KEY",
			"manifest.json: platforms.linux.platforms: unknown key",
			{ platforms: { linux: { platforms: {} } } },
		],
		["MANIFEST_KEY", "manifest.json: platforms.esp.modles: unknown key", { platforms: { esp: { modles: {} } } }],
		["MANIFEST_KEY", "manifest.json: resources: ", { resources: { "*": "./a" } }],
		["MANIFEST_KEY", "manifest.json: creation.chunk.inital: unknown key", { creation: { chunk: { inital: 1 } } }],
		["MANIFEST_VALUE", "manifest.json: creation.stack: a number", { creation: { stack: "1" } }],
		["MANIFEST_VALUE", "manifest.json: creation.stack: a whole number", { creation: { stack: -1 } }],
		["MANIFEST_VALUE", "manifest.json: modules: an object", { modules: [] }],
		["MANIFEST_VALUE", "manifest.json: modules.*: a string", { modules: { "*": [{ source: "./a" }] } }],
		["MANIFEST_VALUE", 'manifest.json: modules.*: "a" is no path', { modules: { "*": "a" } }],
		["MANIFEST_VALUE", "manifest.json: modules.*: $(BUILDER_NO)", { modules: { "*": "$(BUILDER_NO)/a" } }],
		["MANIFEST_INCLUDE", "manifest.json: include: no such file: ", { include: "./no.json" }],
		[
			"MANIFEST_INCLUDE",
			"manifest.json: platforms.linux.include: no such",
			{ platforms: { linux: { include: "./no.json" } } },
		],
		["MANIFEST_INCLUDE", "manifest.json: include: includes by git", { include: [{ git: "x" }] }],
		["MANIFEST_NO_MATCH", "manifest.json: modules.*: no file matches", { modules: { "*": "./nothing" } }],
		["MANIFEST_NO_MATCH", "manifest.json: modules.*: no such folder", { modules: { "*": "./no/*" } }],
		["MANIFEST_NO_MATCH", "manifest.json: modules.~: no file matches", { modules: { "~": "./nothing" } }],
		["MANIFEST_NO_MATCH", "manifest.json: data.*: no file matches", { data: { "*": "./nothing" } }],
		["MANIFEST_NO_MATCH", "manifest.json: preload: no module matches b/*", { preload: ["b/*"] }],
		["MANIFEST_CONFLICT", "manifest.json: modules.a: two files", { modules: { a: ["./a", "./b"] } }],
		["MANIFEST_CONFLICT", "manifest.json: modules.d: ", { modules: { a: "./a", d: "./a" } }],
	];
	project.write({ "a.js": "", "b.js": "" });
	for (const [code, place, manifest] of cases) {
		project.write({ "manifest.json": manifest });
		project.refused(code, place);
	}
	project.write({
		"manifest.json": { include: "./below/manifest.json" },
		"below/manifest.json": { modules: { "*": "./gone" } },
	});
	project.refused("MANIFEST_NO_MATCH", "below/manifest.json: modules.*: ");
});

test("bad JSON: line and column; a key given twice is bad too", () => {
	const cases: [text: string, place: string][] = [
		["", "1:1"],
		['{\n\t"a": 1,\n}', "3:1"],
		['{\n  "a": 1\n  "b": 2 }', "3:3"],
		['{"a": tru}', "1:7"],
		['{"a": 01}', "1:8"],
		['{"a": "\t"}', "1:7"],
		['{"a": 1} x', "1:10"],
		["{ // no\n}", "1:3"],
		['{"a": 1,\n "a": 2}', "2:2"],
		["[1, 2", "1:6"],
	];
	for (const [text, place] of cases) {
		project.write({ "manifest.json": text });
		project.refused("MANIFEST_SYNTAX", `manifest.json:${place}: `);
	}
	const value = { a: [1, -2.5e3, "\u00e9\n", null, true, {}], __proto__x: "" };
	assert.deepEqual(parseJson(JSON.stringify(value, null, "\t"), "x"), value);
});

test("creation: defaults are mcconfig's; keys.available counts when keys.initial is missing", () => {
	const defaults = creationHeader({});
	for (const line of ["INITIAL_CHUNK_SIZE 32768", "STACK_COUNT 384", "INITIAL_KEY_COUNT 256", "STATIC_SIZE 0"]) {
		assert.ok(defaults.includes(`#define MC_CREATION_${line}\n`), line);
	}
	assert.match(defaults, /#define MC_MAIN "main"\n/);
	const header = creationHeader({ keys: { available: 64, incremental: 5 }, heap: { incremental: 0 }, main: "boot" });
	assert.match(header, /INITIAL_KEY_COUNT 64\n#define MC_CREATION_INCREMENTAL_KEY_COUNT 0\n/);
	assert.match(header, /INCREMENTAL_HEAP_COUNT 0\n/);
	assert.match(header, /#define MC_MAIN "boot"\n/);
});

test("defines and config become C macros and a frozen module", () => {
	const text = definesHeader({ led: { pin: 2, on: true, port: null, bus: "#HSPI", mode: "GPIO_OUT", pins: [1, 2] } });
	const lines = text.split("\n").slice(1, -1);
	assert.deepEqual(lines, [
		"#define MODDEF_LED_PIN (2)",
		"#define MODDEF_LED_ON (1)",
		"#define MODDEF_LED_PORT NULL",
		'#define MODDEF_LED_BUS "HSPI"',
		"#define MODDEF_LED_MODE GPIO_OUT",
		"#define MODDEF_LED_PINS {1, 2}",
	]);
	assert.throws(() => definesHeader({ "a-b": 1 }), { code: "MANIFEST_KEY" });
	assert.match(
		configModule({ a: [1, { b: "x" }] }),
		/export default Object\.freeze\(\{"a": Object\.freeze\(\[1, Object\.freeze/,
	);
});
