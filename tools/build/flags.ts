// SPDX-License-Identifier: Apache-2.0
//
// `flags.json`: how the C sources of one folder are compiled and which XS sources go with them. One beside the
// linker, one for the firmware's engine.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { BuildError } from "./error.js";
import { type Json, isObject, parseJson } from "./json.js";

export interface Flags {
	/** `NAME` or `NAME=value`, for the engine and for the folder's own sources */
	defines: string[];
	/** for both */
	cflags: string[];
	/** file names of sources, the engine's or our own, that get `fastFlags` after `cflags` */
	fast: string[];
	fastFlags: string[];
	/** for our own sources, besides -Wall -Wextra -Werror */
	warnings: string[];
	/** absolute folders */
	includes: string[];
	/** engine sources, absolute; all of them except `exclude` when `sources` is not given, and `wrappers`: ours that include one of them */
	sources: string[];
	/** linker arguments */
	libraries: string[];
	/** absolute folder of the flags file */
	folder: string;
}

function list(value: Json | undefined, path: string, key: string): string[] {
	if (value === undefined) return [];
	if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
	throw new BuildError("FLAGS_FILE", `${path}: ${key}: an array of strings expected`);
}

function noFlags(folder: string): Flags {
	return {
		defines: [],
		cflags: [],
		fast: [],
		fastFlags: [],
		warnings: [],
		includes: [folder],
		sources: [],
		libraries: [],
		folder,
	};
}

/**
 * Reads a flags file; a missing one means no flags and no engine.
 * @param engine absolute folder of the XS sources (with sources/, includes/, platforms/)
 * @throws BuildError FLAGS_FILE, MANIFEST_SYNTAX
 */
export function readFlags(path: string, engine: string): Flags {
	const folder = dirname(path);
	const flags = noFlags(folder);
	if (!existsSync(path)) return flags;
	const json = parseJson(readFileSync(path, "utf8"), path);
	if (!isObject(json)) throw new BuildError("FLAGS_FILE", `${path}: an object expected`);
	const known = [
		"defines",
		"cflags",
		"fast",
		"fastFlags",
		"warnings",
		"includes",
		"sources",
		"exclude",
		"wrappers",
		"libraries",
	];
	const unknown = Object.keys(json).find((key) => !known.includes(key));
	if (unknown !== undefined) throw new BuildError("FLAGS_FILE", `${path}: ${unknown}: unknown key`);
	const xs = join(engine, "sources");
	const exclude = list(json.exclude, path, "exclude");
	const all = readdirSync(xs).filter((name) => name.endsWith(".c"));
	const sources = json.sources === undefined ? all : list(json.sources, path, "sources");
	flags.defines = list(json.defines, path, "defines");
	flags.cflags = list(json.cflags, path, "cflags");
	flags.fast = list(json.fast, path, "fast");
	flags.fastFlags = list(json.fastFlags, path, "fastFlags");
	flags.warnings = list(json.warnings, path, "warnings");
	flags.includes.push(...list(json.includes, path, "includes").map((include) => resolve(folder, include)));
	flags.includes.push(join(engine, "includes"), join(engine, "platforms"), xs);
	const wrappers = list(json.wrappers, path, "wrappers");
	flags.sources = sources.filter((name) => !exclude.includes(name)).map((name) => join(xs, name));
	flags.sources.push(...wrappers.map((name) => join(folder, name)));
	flags.libraries = list(json.libraries, path, "libraries");
	return flags;
}
