// SPDX-License-Identifier: Apache-2.0
//
// Brings the script side of a configuration up to date: the JavaScript of each module, the lists and generated
// files the linker and the C compiler read. The TypeScript compiler is loaded only when a module has changed.

import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type FileCache, hashText, writeIfChanged } from "./files.js";
import { configModule, creationHeader, definesHeader, resourcesSource } from "./generate.js";
import type { Manifest } from "./manifest.js";
import type { MatchedFiles, ModuleFile } from "./match.js";

/** The sources that decide what JavaScript is made: part of every cache key. */
const transpiler = ["transpile.ts", "native.ts", "json.ts"].map((name) =>
	fileURLToPath(new URL(name, import.meta.url)),
);

export interface Script {
	specifier: string;
	js: string;
	map?: string;
	preload: boolean;
}

export interface ScriptContext {
	root: string;
	/** folder of this configuration */
	folder: string;
	cache: FileCache;
	onMessage: (message: string) => void;
}

/** File name of a specifier; `embedded:io/x` lies in `~.embedded/io/x`, as with mcconfig. */
export function moduleFileName(specifier: string): string {
	const colon = specifier.indexOf(":");
	return colon > 0 ? `~.${specifier.slice(0, colon)}/${specifier.slice(colon + 1)}` : specifier;
}

async function updateModule(module: ModuleFile, tools: string, context: ScriptContext): Promise<Script> {
	/* The same specifier may stand for another file than last time. */
	const command = hashText(tools, module.source);
	const js = join(context.folder, "modules", `${moduleFileName(module.specifier)}.js`);
	const map = module.source.endsWith(".ts") ? `${js}.map` : undefined;
	if (!context.cache.isCurrent(js, command) || (map !== undefined && !context.cache.isCurrent(map, command))) {
		context.onMessage(`script ${module.specifier}`);
		const { transpile } = await import("./transpile.js");
		const result = transpile(readFileSync(module.source, "utf8"), module.source, context.root, js);
		mkdirSync(dirname(js), { recursive: true });
		writeIfChanged(js, result.js);
		context.cache.record(js, command, [module.source]);
		if (map !== undefined && result.map !== undefined) {
			writeIfChanged(map, result.map);
			context.cache.record(map, command, [module.source]);
		}
	}
	return { specifier: module.specifier, js, preload: module.preload, ...(map !== undefined && { map }) };
}

/** Makes the JavaScript of all modules, `mc/config` among them. */
export async function updateScripts(
	manifest: Manifest,
	files: MatchedFiles,
	context: ScriptContext,
): Promise<Script[]> {
	const compiler = join(context.root, "node_modules/typescript/package.json");
	const { version } = JSON.parse(readFileSync(compiler, "utf8")) as { version: string };
	const sources = transpiler.map((path) => context.cache.hash(path) ?? "");
	const command = hashText("script", version, ...sources);
	const scripts: Script[] = [];
	for (const module of files.modules) scripts.push(await updateModule(module, command, context));
	const config = join(context.folder, "modules/mc/config.js");
	if (writeIfChanged(config, configModule(manifest.config))) context.cache.forget(config);
	scripts.push({ specifier: "mc/config", js: config, preload: manifest.preload.length > 0 });
	return scripts;
}

/** The names N of all `xsID_N` in C sources and in the headers beside them. */
export function collectIdentifiers(sources: string[]): string[] {
	const headers = [...new Set(sources.map((source) => dirname(source)))].flatMap((folder) =>
		readdirSync(folder)
			.filter((name) => name.endsWith(".h"))
			.map((name) => join(folder, name)),
	);
	const names = new Set<string>();
	for (const file of [...sources, ...headers]) {
		for (const match of readFileSync(file, "utf8").matchAll(/\bxsID_([A-Za-z_$][A-Za-z0-9_$]*)/g))
			names.add(match[1] ?? "");
	}
	return [...names].sort();
}

export interface Lists {
	modulesList: string;
	idsList: string;
	resources: string;
}

/** Writes modules.list, ids.list, mc.defines.h, mc.creation.h and mc.resources.c. */
export function writeLists(manifest: Manifest, files: MatchedFiles, scripts: Script[], context: ScriptContext): Lists {
	const lists = {
		modulesList: join(context.folder, "modules.list"),
		idsList: join(context.folder, "ids.list"),
		resources: join(context.folder, "mc.resources.c"),
	};
	const shown = (path: string): string => relative(context.root, path);
	const lines = scripts.map(({ specifier, js, map, preload }) =>
		[specifier, shown(js), map === undefined ? "-" : shown(map), preload ? "1" : "0"].join("\t"),
	);
	const ids = collectIdentifiers(files.cSources);
	const data = files.data.map(({ name, source }) => ({ name, bytes: readFileSync(source) }));
	const write = (path: string, content: string): void => {
		if (writeIfChanged(path, content)) context.cache.forget(path);
	};
	write(lists.modulesList, lines.map((line) => `${line}\n`).join(""));
	write(lists.idsList, ids.map((id) => `${id}\n`).join(""));
	write(lists.resources, resourcesSource(data));
	write(join(context.folder, "mc.defines.h"), definesHeader(manifest.defines));
	write(join(context.folder, "mc.creation.h"), creationHeader(manifest.creation));
	return lists;
}
