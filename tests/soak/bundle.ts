// SPDX-License-Identifier: Apache-2.0
//
// Writes the manifest of the soak program: the whole gateway of the project's manifest, the program of this folder, and what that
// uses of the other tests. Those name modules by path and the gateway by specifier; as one file can be one module only, the copies
// made here name them by specifier too.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";
import { projectRoot } from "../../tools/build/index.js";

const program = join(projectRoot, "tests/soak/program");
const modules = join(projectRoot, "modules");
const nativeFiles = ["native.c", "names.c"];

/** Copies a file and all that it imports of the tests. @param done specifiers, which are paths, so far */
function copy(file: string, target: string, done: Set<string>): void {
	const path = relative(projectRoot, file);
	if (done.has(path)) return;
	done.add(path);
	let text = readFileSync(file, "utf8");
	// Backwards, so that the positions stay right.
	for (const { fileName, pos, end } of ts.preProcessFile(text).importedFiles.reverse()) {
		if (!fileName.startsWith(".")) continue;
		const imported = resolve(dirname(file), fileName.replace(/\.js$/, ".ts"));
		const inside = relative(modules, imported);
		if (inside.startsWith("..")) copy(imported, target, done);
		else text = `${text.slice(0, pos + 1)}upgate/${inside.replace(/\.ts$/, "")}${text.slice(end + 1)}`;
	}
	mkdirSync(dirname(join(target, path)), { recursive: true });
	writeFileSync(join(target, path), text);
}

/** @returns path of the manifest */
export function writeBundle(): string {
	const target = join(projectRoot, "build/soak-bundle");
	const files = new Set<string>();
	rmSync(target, { recursive: true, force: true });
	copy(join(program, "soak.ts"), target, files);
	const names = [...files].map((path) => path.replace(/\.ts$/, ""));
	const manifest = {
		include: [join(projectRoot, "manifest.json")],
		modules: {
			...Object.fromEntries(names.map((name) => [name, `./${name}`])),
			"*": nativeFiles.map((name) => join(program, name)),
		},
		creation: {
			static: 32 * 1024 * 1024,
			// Large, so that the collections of the soak itself are rare.
			chunk: { initial: 4 * 1024 * 1024, incremental: 65536 },
			heap: { initial: 65536, incremental: 4096 },
			stack: 4096,
			keys: { available: 1024 },
			main: "tests/soak/program/soak",
		},
	};
	const path = join(target, "manifest.json");
	writeFileSync(path, JSON.stringify(manifest, null, "\t"));
	return path;
}
