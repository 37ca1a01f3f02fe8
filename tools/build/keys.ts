// SPDX-License-Identifier: Apache-2.0
//
// Which keys a manifest may have, and what this builder does with them. A key that mcconfig knows and this builder
// cannot honour is an error only where it takes effect, so that sections for other platforms pass.
// Source: Moddable SDK, documentation/tools/manifest.md, and the keys mcconfig reads.

import { BuildError } from "./error.js";
import { type Json, type JsonObject, isObject } from "./json.js";

/** Names where in which manifest a value stands; begins every error. */
export function at(path: string, key: string): string {
	return `${path}: ${key}`;
}

type Use = "used" | "ignored" | "unsupported";

const sectionKeys: Readonly<Record<string, Use>> = {
	build: "used",
	include: "used",
	creation: "used",
	defines: "used",
	config: "used",
	modules: "used",
	preload: "used",
	data: "used",
	error: "used",
	warning: "used",
	strip: "ignored",
	typescript: "ignored",
	run: "ignored",
	bundle: "ignored",
	resources: "unsupported",
	ble: "unsupported",
	recipes: "unsupported",
	commonjs: "unsupported",
	ffi: "unsupported",
	dependency: "unsupported",
	components: "unsupported",
	zephyrConfig: "unsupported",
	zephyrShields: "unsupported",
	zephyrOverlay: "unsupported",
};

function isEmpty(value: Json | undefined): boolean {
	return isObject(value) ? Object.keys(value).length === 0 : Array.isArray(value) && value.length === 0;
}

/**
 * Checks the keys of one section: the top level, or one platform.
 * @param active false for a platform that is not built; its keys must be known, that is all
 * @throws BuildError MANIFEST_KEY
 */
export function checkSection(section: JsonObject, path: string, prefix: string, active: boolean): void {
	for (const [key, value] of Object.entries(section)) {
		if (key === "platforms" && prefix === "") continue;
		const use = Object.hasOwn(sectionKeys, key) ? sectionKeys[key] : undefined;
		if (use === undefined) throw new BuildError("MANIFEST_KEY", `${at(path, prefix + key)}: unknown key`);
		if (use === "unsupported" && active && !isEmpty(value)) {
			throw new BuildError("MANIFEST_KEY", `${at(path, prefix + key)}: this builder has no such thing`);
		}
	}
}

interface Shape {
	readonly [key: string]: "number" | "string" | Shape;
}

const creationShape: Shape = {
	static: "number",
	chunk: { initial: "number", incremental: "number" },
	heap: { initial: "number", incremental: "number" },
	stack: "number",
	keys: { available: "number", initial: "number", incremental: "number", name: "number", symbol: "number" },
	parser: { buffer: "number", table: "number" },
	main: "string",
	nativeStack: "number",
};

/** @throws BuildError MANIFEST_KEY, MANIFEST_VALUE */
export function checkCreation(value: JsonObject, path: string, prefix: string, shape: Shape = creationShape): void {
	for (const [key, item] of Object.entries(value)) {
		const place = at(path, `${prefix}.${key}`);
		const wanted = Object.hasOwn(shape, key) ? shape[key] : undefined;
		if (wanted === undefined) throw new BuildError("MANIFEST_KEY", `${place}: unknown key`);
		if (typeof wanted === "object") {
			if (!isObject(item)) throw new BuildError("MANIFEST_VALUE", `${place}: an object expected`);
			checkCreation(item, path, `${prefix}.${key}`, wanted);
		} else if (typeof item !== wanted) throw new BuildError("MANIFEST_VALUE", `${place}: a ${wanted} expected`);
		else if (typeof item === "number" && !(Number.isSafeInteger(item) && item >= 0)) {
			throw new BuildError("MANIFEST_VALUE", `${place}: a whole number from 0 expected`);
		}
	}
}
