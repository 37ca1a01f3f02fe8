// SPDX-License-Identifier: Apache-2.0
//
// The TypeScript of a program that mcconfig has generated: one check with the SDK's typings for all of it, then the JavaScript of each
// module where mcconfig's makefile expects it. The makefile itself would start the compiler for each module anew, minutes instead of seconds.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import ts from "typescript";

interface ModuleConfiguration {
	compilerOptions: { outDir: string };
	files: [string];
}

function find(folder: string): string[] {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) return find(path);
		return entry.name.endsWith("-tsconfig.json") ? [path] : [];
	});
}

function moduleConfigurations(modules: string): ModuleConfiguration[] {
	return find(modules).map((path) => JSON.parse(readFileSync(path, "utf8")) as ModuleConfiguration);
}

/**
 * Writes the configuration of a check over all modules.
 * @param modules the folder `modules` of what mcconfig made
 * @returns its path
 */
export function writeProgramCheck(modules: string): string {
	const path = join(modules, "check.json");
	const configuration = {
		extends: "./tsconfig-base.json",
		compilerOptions: { noEmit: true, rootDir: "/" },
		files: moduleConfigurations(modules).map(({ files }) => files[0]),
	};
	writeFileSync(path, JSON.stringify(configuration));
	return path;
}

function emit(source: string, outDir: string): void {
	const output = join(outDir, source.replace(/\.ts$/, ".js"));
	const { outputText, sourceMapText } = ts.transpileModule(readFileSync(source, "utf8"), {
		compilerOptions: {
			target: ts.ScriptTarget.ES2025,
			module: ts.ModuleKind.ESNext,
			sourceMap: true,
			isolatedModules: true,
		},
		fileName: source,
	});
	mkdirSync(dirname(output), { recursive: true });
	writeFileSync(output, outputText);
	const map = JSON.parse(sourceMapText ?? "{}") as { file: string; sources: string[] };
	map.file = basename(output);
	map.sources = [relative(dirname(output), source)];
	writeFileSync(`${output}.map`, JSON.stringify(map));
}

/** Writes the JavaScript of all modules. @returns how many */
export function emitScripts(modules: string): number {
	const all = moduleConfigurations(modules);
	for (const { files, compilerOptions } of all) emit(files[0], compilerOptions.outDir);
	return all.length;
}
