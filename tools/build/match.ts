// SPDX-License-Identifier: Apache-2.0
//
// Matches the patterns of a merged manifest with files, as mcconfig does: `./*` takes every source in the folder,
// `./tcp` takes tcp.js or tcp.ts and also tcp.c and tcp.h beside it, `~` leaves files out, a source that ends in `/`
// is an include folder for C. Stricter than mcconfig, which is silent or only warns: a pattern without a file, two
// files for one module and one file for two modules are errors.

import { readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { BuildError } from "./error.js";
import type { Manifest, Pattern } from "./manifest.js";

export interface ModuleFile {
	/** as written in `import` */
	specifier: string;
	/** absolute path of the .js, .mjs, .ts or .json file */
	source: string;
	preload: boolean;
	place: string;
}

export interface MatchedFiles {
	modules: ModuleFile[];
	/** absolute paths */
	cSources: string[];
	/** absolute paths of folders */
	cIncludes: string[];
	data: { name: string; source: string }[];
}

interface Found {
	path: string;
	/** the part of the name that stands for `*`, or the whole name */
	name: string;
	extension: string;
}

const scriptExtensions = [".js", ".mjs", ".ts", ".json"];

function splitName(file: string): { name: string; extension: string } {
	if (file.endsWith(".d.ts")) return { name: file.slice(0, -5), extension: ".d.ts" };
	const extension = extname(file);
	return { name: file.slice(0, file.length - extension.length), extension };
}

/** All files of a pattern's folder that its last part selects. */
function find(source: string): Found[] {
	const folder = dirname(source);
	const wanted = basename(source);
	const star = wanted.lastIndexOf("*");
	const found: Found[] = [];
	for (const file of readdirSync(folder).sort()) {
		if (file.startsWith(".")) continue;
		const { name, extension } = splitName(file);
		const matches = star >= 0 ? name.startsWith(wanted.slice(0, star)) : name === wanted || file === wanted;
		const path = join(folder, file);
		if (!matches || !statSync(path).isFile()) continue;
		found.push({ path: realpathSync(path), name: star >= 0 ? name.slice(star) : splitName(wanted).name, extension });
	}
	return found;
}

function targetName(pattern: Pattern, found: Found): string {
	const star = pattern.target.lastIndexOf("*");
	return star < 0 ? pattern.target : pattern.target.slice(0, star) + found.name + pattern.target.slice(star + 1);
}

class Matcher {
	readonly #modules = new Map<string, ModuleFile>();
	readonly #sources = new Map<string, string>();
	readonly #cSources = new Set<string>();
	readonly #cIncludes = new Set<string>();
	readonly #data = new Map<string, string>();

	match(manifest: Manifest): MatchedFiles {
		const excludedData = this.#excluded(manifest.data);
		for (const pattern of manifest.data) if (pattern.target !== "~") this.#matchData(pattern, excludedData);
		const excluded = this.#excluded(manifest.modules);
		for (const pattern of manifest.modules) if (pattern.target !== "~") this.#matchModules(pattern, excluded);
		for (const pattern of manifest.preload) {
			if (!manifest.external.includes(pattern.source)) this.#matchPreload(pattern, excluded.size > 0);
		}
		return {
			modules: [...this.#modules.values()],
			cSources: [...this.#cSources],
			cIncludes: [...this.#cIncludes],
			data: [...this.#data].map(([name, source]) => ({ name, source })),
		};
	}

	#excluded(patterns: Pattern[]): Set<string> {
		const excluded = new Set<string>();
		for (const pattern of patterns) {
			if (pattern.target !== "~") continue;
			const found = find(pattern.source);
			if (found.length === 0) this.#noMatch(pattern);
			for (const { path } of found) excluded.add(path);
		}
		return excluded;
	}

	#noMatch(pattern: Pattern): never {
		throw new BuildError("MANIFEST_NO_MATCH", `${pattern.place}: no file matches ${pattern.source}`);
	}

	#matchData(pattern: Pattern, excluded: Set<string>): void {
		const found = find(pattern.source);
		if (found.length === 0) this.#noMatch(pattern);
		for (const file of found) {
			if (excluded.has(file.path)) continue;
			const name = targetName(pattern, file) + file.extension;
			const other = this.#data.get(name);
			if (other !== undefined && other !== file.path) this.#conflict(pattern, `data ${name}`, other, file.path);
			this.#data.set(name, file.path);
		}
	}

	#matchModules(pattern: Pattern, excluded: Set<string>): void {
		if (pattern.source.endsWith("/")) {
			this.#cIncludes.add(pattern.source.slice(0, -1));
			return;
		}
		let count = 0;
		for (const file of find(pattern.source)) {
			if (excluded.has(file.path) || this.#takeModule(pattern, file)) count++;
		}
		if (count === 0) this.#noMatch(pattern);
	}

	#takeModule(pattern: Pattern, file: Found): boolean {
		const { extension, path } = file;
		if (extension === ".c") this.#cSources.add(path);
		else if (extension === ".h") this.#cIncludes.add(dirname(path));
		else if (extension === ".json" && basename(path).startsWith("manifest")) return false;
		else if (scriptExtensions.includes(extension)) this.#takeScript(pattern, file);
		else return extension === ".d.ts" && !pattern.source.includes("*");
		return true;
	}

	#takeScript(pattern: Pattern, file: Found): void {
		const specifier = targetName(pattern, file);
		const source = file.path;
		const other = this.#modules.get(specifier);
		if (other !== undefined && other.source !== source)
			this.#conflict(pattern, `module ${specifier}`, other.source, source);
		const first = this.#sources.get(source);
		if (first !== undefined && first !== specifier) {
			throw new BuildError("MANIFEST_CONFLICT", `${pattern.place}: ${source} is the module ${first} already`);
		}
		this.#sources.set(source, specifier);
		if (other === undefined) this.#modules.set(specifier, { specifier, source, preload: false, place: pattern.place });
	}

	#conflict(pattern: Pattern, what: string, one: string, two: string): never {
		throw new BuildError("MANIFEST_CONFLICT", `${pattern.place}: two files for ${what}: ${one} and ${two}`);
	}

	/** A wildcard takes JavaScript only, as with mcconfig: a list that both builders read the same way names TypeScript. */
	#matchPreload(pattern: Pattern, mayBeExcluded: boolean): void {
		const star = pattern.source.lastIndexOf("*");
		const prefix = pattern.source.slice(0, star);
		let count = 0;
		for (const module of this.#modules.values()) {
			if (star < 0 && module.specifier !== pattern.source) continue;
			if (star >= 0 && (module.source.endsWith(".ts") || !module.specifier.startsWith(prefix))) continue;
			module.preload = true;
			count++;
		}
		if (count === 0 && !mayBeExcluded) {
			throw new BuildError("MANIFEST_NO_MATCH", `${pattern.place}: no module matches ${pattern.source}`);
		}
	}
}

/**
 * Finds the files of a merged manifest.
 * @throws BuildError MANIFEST_NO_MATCH, MANIFEST_CONFLICT
 */
export function matchFiles(manifest: Manifest): MatchedFiles {
	return new Matcher().match(manifest);
}
