// SPDX-License-Identifier: Apache-2.0
//
// Reads a manifest and all it includes, and merges them as mcconfig does: included manifests first, depth first, each
// file once; in each, the common section and then the platform's. Arrays and patterns add up; config, creation and
// defines merge key by key, the later value winning. Matching patterns to files is in match.ts.
// Leaves out: includes by git, and reading `$(NAME)` that nobody set as empty text. Other platforms than our own can be read
// without the SDK: what lies in it is listed, not opened.
// Source: Moddable SDK, documentation/tools/manifest.md, "How manifests are processed".

import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { BuildError } from "./error.js";
import { type Json, type JsonObject, isObject, parseJson } from "./json.js";
import { at, checkCreation, checkSection } from "./keys.js";

/** One pattern of `modules`, `data` or `preload`, with the place it came from. */
export interface Pattern {
	/** `upgate/ini/*`, `~` for files to leave out; in `preload` the same as `source` */
	target: string;
	/** absolute path whose last part may end in `*`; in `preload` a module specifier */
	source: string;
	/** manifest and key, for errors */
	place: string;
}

export interface Manifest {
	modules: Pattern[];
	data: Pattern[];
	preload: Pattern[];
	config: JsonObject;
	creation: JsonObject;
	defines: JsonObject;
	/** `build.LIBRARIES`, all of them */
	libraries: string[];
	/** `build.C_FLAGS`, all of them */
	cFlags: string[];
	warnings: string[];
	/** specifiers of modules outside, by name or pattern; only with `external` */
	external: string[];
	/** every manifest read, absolute paths, in merging order */
	files: string[];
}

export interface LoadOptions {
	/** Variables, as MODDABLE, of folders that are not there: includes and modules below them are passed over, and keys for mcconfig alone are allowed. */
	external?: readonly string[];
}

interface Section {
	value: JsonObject;
	/** "" or "platforms.linux." */
	prefix: string;
}

interface ParsedManifest {
	path: string;
	directory: string;
	sections: Section[];
}

/** mcconfig's choice among `platforms`: full name, wildcards, shorter names, and `...` when none fits. */
export function matchPlatform(platforms: JsonObject, name: string): string | undefined {
	for (let parts = name.split("/"); parts.length > 0; parts = parts.slice(0, -1)) {
		const partial = parts.join("/");
		const found = Object.keys(platforms).find((key) => {
			if (key.endsWith("/*")) return partial.startsWith(key.slice(0, -1));
			if (key.startsWith("*/")) return partial.endsWith(key.slice(1));
			return partial === key;
		});
		if (found !== undefined) return found;
	}
	return Object.hasOwn(platforms, "...") ? "..." : undefined;
}

function strings(value: Json | undefined, place: string): string[] {
	const list = value === undefined ? [] : Array.isArray(value) ? value : [value];
	return list.map((item) => {
		if (typeof item !== "string") throw new BuildError("MANIFEST_VALUE", `${place}: a string or strings expected`);
		return item;
	});
}

function object(value: Json | undefined, place: string): JsonObject {
	if (value === undefined) return {};
	if (!isObject(value)) throw new BuildError("MANIFEST_VALUE", `${place}: an object expected`);
	return value;
}

export function mergeProperties(targets: JsonObject, sources: JsonObject): void {
	for (const [name, source] of Object.entries(sources)) {
		const target = targets[name];
		if (isObject(target) && isObject(source)) mergeProperties(target, source);
		else targets[name] = structuredClone(source);
	}
}

class Loader {
	readonly #platform: string;
	readonly #external: readonly string[];
	readonly #environment = new Map<string, string>();
	readonly #parsed: ParsedManifest[] = [];
	readonly #seen = new Set<string>();
	readonly #libraries: string[] = [];
	readonly #cFlags: string[] = [];

	constructor(platform: string, external: readonly string[]) {
		this.#platform = platform;
		this.#external = external;
		this.#environment.set("SUBPLATFORM", platform.split("/")[1] ?? "");
	}

	load(path: string): Manifest {
		this.#parse(path);
		const merged: Manifest = {
			modules: [],
			data: [],
			preload: [],
			config: {},
			creation: {},
			defines: {},
			libraries: this.#libraries,
			cFlags: this.#cFlags,
			warnings: [],
			external: [],
			files: this.#parsed.map((manifest) => manifest.path),
		};
		for (const manifest of this.#parsed) {
			for (const section of manifest.sections) this.#merge(merged, manifest, section);
		}
		return merged;
	}

	#parse(path: string): void {
		const real = realpathSync(path);
		if (this.#seen.has(real)) return;
		this.#seen.add(real);
		const json = parseJson(readFileSync(real, "utf8"), path);
		if (!isObject(json)) throw new BuildError("MANIFEST_VALUE", `${path}: an object expected`);
		const manifest: ParsedManifest = { path, directory: dirname(path), sections: [] };
		for (const section of this.#sections(json, path)) {
			manifest.sections.push(section);
			this.#parseBuild(section, manifest);
		}
		for (const section of manifest.sections) {
			const place = at(path, `${section.prefix}include`);
			for (const include of this.#includes(section, place)) {
				if (!this.#isOutside(include, place)) this.#parse(this.#includePath(include, manifest, place));
			}
		}
		this.#parsed.push(manifest);
	}

	/** Whether a path leads into a folder that is not there. */
	#isOutside(text: string, place: string): boolean {
		return this.#external.length > 0 && this.#expand(text, place).includes("$(");
	}

	#sections(json: JsonObject, path: string): Section[] {
		const strict = this.#external.length === 0;
		checkSection(json, path, "", strict);
		const sections: Section[] = [{ value: json, prefix: "" }];
		const platforms = object(json.platforms, at(path, "platforms"));
		const chosen = matchPlatform(platforms, this.#platform);
		for (const [name, value] of Object.entries(platforms)) {
			const prefix = `platforms.${name}.`;
			const section = object(value, at(path, `platforms.${name}`));
			checkSection(section, path, prefix, strict && name === chosen);
			if (name === chosen) sections.push({ value: section, prefix });
		}
		return sections;
	}

	#includes(section: Section, place: string): string[] {
		const { include } = section.value;
		if (isObject(include) || (Array.isArray(include) && include.some(isObject))) {
			throw new BuildError("MANIFEST_INCLUDE", `${place}: includes by git are not supported`);
		}
		return strings(include, place);
	}

	#includePath(include: string, manifest: ParsedManifest, place: string): string {
		const path = resolve(manifest.directory, this.#expand(include, place));
		if (!existsSync(path)) throw new BuildError("MANIFEST_INCLUDE", `${place}: no such file: ${path}`);
		return path;
	}

	#parseBuild(section: Section, manifest: ParsedManifest): void {
		const build = object(section.value.build, at(manifest.path, `${section.prefix}build`));
		for (const [key, value] of Object.entries(build)) {
			const place = at(manifest.path, `${section.prefix}build.${key}`);
			if (typeof value !== "string") throw new BuildError("MANIFEST_VALUE", `${place}: a string expected`);
			if (key === "LIBRARIES") this.#libraries.push(...this.#words(value, place));
			else if (key === "C_FLAGS") this.#cFlags.push(...this.#words(value, place));
			else this.#setVariable(key, value, manifest, place);
		}
	}

	#setVariable(key: string, value: string, manifest: ParsedManifest, place: string): void {
		const name = key.endsWith(" ?=") ? key.slice(0, -3) : key;
		const given = name === key ? undefined : process.env[name];
		let text = given ?? this.#expand(value, place);
		if (given === undefined && /^\.\.?(\/|$)/.test(text)) text = resolve(manifest.directory, text);
		this.#environment.set(name, text);
	}

	#words(value: string, place: string): string[] {
		return this.#expand(value, place)
			.split(/\s+/)
			.filter((word) => word !== "");
	}

	#expand(value: string, place: string): string {
		return value.replace(/\$\(([^)]+)\)/g, (_, name: string) => {
			if (this.#external.includes(name)) return `$(${name})`;
			const found = this.#environment.get(name) ?? process.env[name];
			if (found === undefined) throw new BuildError("MANIFEST_VALUE", `${place}: $(${name}) has no value`);
			return found;
		});
	}

	#merge(merged: Manifest, manifest: ParsedManifest, section: Section): void {
		const { value, prefix } = section;
		const { path } = manifest;
		const place = (key: string): string => at(path, prefix + key);
		for (const error of strings(value.error, place("error"))) {
			throw new BuildError("MANIFEST_PLATFORM", `${place("error")}: ${error}`);
		}
		merged.warnings.push(...strings(value.warning, place("warning")).map((text) => `${path}: ${text}`));
		const modules = object(value.modules, place("modules"));
		merged.modules.push(...this.#patterns(modules, manifest, `${prefix}modules`));
		merged.external.push(...this.#outside(modules, place("modules")));
		merged.data.push(...this.#patterns(object(value.data, place("data")), manifest, `${prefix}data`));
		for (const source of strings(value.preload, place("preload"))) {
			merged.preload.push({ target: source, source, place: place("preload") });
		}
		mergeProperties(merged.config, object(value.config, place("config")));
		mergeProperties(merged.defines, object(value.defines, place("defines")));
		const creation = object(value.creation, place("creation"));
		checkCreation(creation, path, `${prefix}creation`);
		mergeProperties(merged.creation, creation);
	}

	#patterns(property: JsonObject, manifest: ParsedManifest, key: string): Pattern[] {
		return Object.entries(property).flatMap(([target, value]) => {
			const place = at(manifest.path, `${key}.${target}`);
			const inside = strings(value, place).filter((item) => !this.#isOutside(item, place));
			return inside.map((item) => ({ target, source: this.#source(item, manifest, place), place }));
		});
	}

	/** Specifiers of modules outside; a `*` in the source stands. */
	#outside(property: JsonObject, place: string): string[] {
		return Object.entries(property).flatMap(([target, value]) =>
			strings(value, place)
				.filter((item) => this.#isOutside(item, place))
				.map((item) => target.replace("*", item.slice(item.lastIndexOf("/") + 1))),
		);
	}

	#source(item: string, manifest: ParsedManifest, place: string): string {
		const text = this.#expand(item, place);
		const slash = text.lastIndexOf("/");
		if (slash < 0) throw new BuildError("MANIFEST_VALUE", `${place}: "${item}" is no path; write "./${item}"`);
		const folder = text.slice(0, slash);
		const directory = isAbsolute(text) ? folder || "/" : join(manifest.directory, folder);
		if (!existsSync(directory) || !statSync(directory).isDirectory()) {
			throw new BuildError("MANIFEST_NO_MATCH", `${place}: no such folder: ${directory}`);
		}
		return `${directory}/${text.slice(slash + 1)}`;
	}
}

/**
 * Reads a manifest for one platform.
 * @param path the application's manifest
 * @param platform `linux`, `linux/<variant>`, or another for `options.external`
 * @throws BuildError MANIFEST_*
 */
export function loadManifest(path: string, platform: string, { external = [] }: LoadOptions = {}): Manifest {
	const absolute = resolve(path);
	if (!existsSync(absolute)) throw new BuildError("MANIFEST_INCLUDE", `${absolute}: no such file`);
	return new Loader(platform, external).load(absolute);
}
