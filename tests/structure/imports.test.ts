// SPDX-License-Identifier: Apache-2.0
//
// Imports point the right way: main -> modules -> pure modules -> bytes; modules -> ecma419 types <- hosts. No cycle.
// node-only: reads the tree.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import test from "node:test";
import { projectRoot } from "../../tools/build/index.js";
import { projectFiles } from "../../tools/lib/check.js";

interface Import {
	from: string;
	to: string;
	typeOnly: boolean;
}

const pattern = /^(?:import|export)\s+(type\s)?[^"';]*?from\s+"([^"]+)"|^import\s+"([^"]+)"/gm;

/** Where a specifier leads: a path of the tree without extension, or the specifier itself when it is a host's. */
function target(file: string, specifier: string): string {
	if (specifier.startsWith(".")) return normalize(join(dirname(file), specifier)).replace(/\.js$/, "");
	if (/^upgate\/(linux|lin|esp32|moddable)\//.test(specifier)) return specifier.replace("upgate/", "hosts/");
	if (specifier === "upgate/provider") return "hosts/provider";
	if (specifier === "upgate/main") return "main";
	if (specifier.startsWith("upgate/gateway/")) return specifier.replace("upgate/", "");
	if (specifier.startsWith("upgate/")) return specifier.replace("upgate/", "modules/");
	return specifier;
}

function importsOf(file: string): Import[] {
	const text = readFileSync(join(projectRoot, file), "utf8");
	return [...text.matchAll(pattern)].map((match) => ({
		from: file.replace(/\.ts$/, ""),
		to: target(file, match[2] ?? match[3]),
		typeOnly: match[1] !== undefined,
	}));
}

const firmware = [
	"main.ts",
	...projectFiles([".ts"], "gateway"),
	...projectFiles([".ts"], "modules"),
	...projectFiles([".ts"], "hosts"),
].filter((file) => !file.endsWith(".d.ts"));
const imports = firmware.flatMap((file) => importsOf(relative(projectRoot, join(projectRoot, file))));
const folder = (path: string): string => path.split("/").slice(0, 2).join("/");

/** Layers of the modules: each may import those above it in this list, itself, and the types of ecma419. */
const layers = [
	["modules/ecma419"],
	["modules/bytes"],
	["modules/debug"],
	[
		"modules/ini",
		"modules/image",
		"modules/http",
		"modules/tls",
		"modules/tftp",
		"modules/certificates",
		"modules/xmodem",
	],
	[
		"modules/dhcp",
		"modules/files",
		"modules/flash",
		"modules/network",
		"modules/sip",
		"modules/store",
		"modules/settings",
		"modules/http-server",
		"modules/accounts",
	],
	["modules/update"],
	["modules/snmp", "modules/syslog", "modules/trace"],
	["modules/web"],
	["modules/console"],
];
const layerOf = (path: string): number => layers.findIndex((names) => names.includes(folder(path)));

const wrong = (rule: (item: Import) => boolean): string[] =>
	imports.filter((item) => !rule(item)).map((item) => `${item.from} -> ${item.to}`);

test("every module folder has its layer", () => {
	const unknown = imports.filter((item) => item.from.startsWith("modules/") && layerOf(item.from) < 0);
	assert.deepEqual(
		unknown.map((item) => item.from),
		[],
	);
	assert.ok(imports.length > 100);
});

test("a module imports its own folder, lower modules and types only", () => {
	assert.deepEqual(
		wrong(({ from, to }) => {
			if (!from.startsWith("modules/")) return true;
			if (folder(from) === folder(to)) return true;
			return layerOf(to) >= 0 && layerOf(to) < layerOf(from);
		}),
		[],
	);
});

test("ecma419 holds types only", () => {
	assert.deepEqual(
		wrong(
			({ from, to, typeOnly }) => !to.startsWith("modules/ecma419") || from.startsWith("modules/ecma419") || typeOnly,
		),
		[],
	);
});

test("a host imports types of modules and its own files only; boot.ts alone starts main", () => {
	assert.deepEqual(
		wrong(({ from, to, typeOnly }) => {
			if (!from.startsWith("hosts/")) return true;
			if (to === "main") return from === "hosts/boot";
			if (to.startsWith("modules/")) return typeOnly && to.startsWith("modules/ecma419");
			return to.startsWith("hosts/") || !to.includes("/") || to.startsWith("embedded:");
		}),
		[],
	);
});

test("main.ts and its parts import modules and parts only", () => {
	const composed = (path: string): boolean => path.startsWith("gateway/") || path.startsWith("modules/");
	assert.deepEqual(
		wrong(({ from, to }) => !(from === "main" || from.startsWith("gateway/")) || composed(to)),
		[],
	);
});

test("no import cycle", () => {
	const edges = new Map<string, string[]>();
	for (const { from, to, typeOnly } of imports) if (!typeOnly) edges.set(from, [...(edges.get(from) ?? []), to]);
	const state = new Map<string, "open" | "done">();
	const visit = (node: string, path: string[]): void => {
		if (state.get(node) === "done") return;
		assert.notEqual(state.get(node), "open", `cycle: ${[...path, node].join(" -> ")}`);
		state.set(node, "open");
		for (const next of edges.get(node) ?? []) visit(next, [...path, node]);
		state.set(node, "done");
	};
	for (const node of edges.keys()) visit(node, []);
});
