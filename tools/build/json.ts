// SPDX-License-Identifier: Apache-2.0
//
// JSON (RFC 8259) with what JSON.parse lacks for files people write: line and column in every error, and a refusal
// of a key given twice in one object, whose first value would be lost in silence.

import { BuildError } from "./error.js";

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
	[key: string]: Json;
}

const stringPattern = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const numberPattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const wordPattern = /true|false|null/y;
const spacePattern = /[ \t\r\n]*/y;
const maxDepth = 64;

class Parser {
	#offset = 0;
	readonly #text: string;
	readonly #path: string;

	constructor(text: string, path: string) {
		this.#text = text;
		this.#path = path;
	}

	document(): Json {
		const value = this.#value(0);
		this.#space();
		if (this.#offset < this.#text.length) this.#fail("text after the end of the value");
		return value;
	}

	#fail(what: string, offset = this.#offset): never {
		const before = this.#text.slice(0, offset).split("\n");
		const line = before.length;
		const column = (before[line - 1] ?? "").length + 1;
		throw new BuildError("MANIFEST_SYNTAX", `${this.#path}:${line}:${column}: ${what}`);
	}

	#take(pattern: RegExp): string | undefined {
		pattern.lastIndex = this.#offset;
		const match = pattern.exec(this.#text);
		if (match === null) return undefined;
		this.#offset = pattern.lastIndex;
		return match[0];
	}

	#space(): void {
		this.#take(spacePattern);
	}

	#accept(character: string): boolean {
		this.#space();
		if (this.#text[this.#offset] !== character) return false;
		this.#offset++;
		return true;
	}

	#value(depth: number): Json {
		if (depth > maxDepth) this.#fail(`nested deeper than ${maxDepth}`);
		if (this.#accept("{")) return this.#object(depth);
		if (this.#accept("[")) return this.#array(depth);
		const token = this.#take(stringPattern) ?? this.#take(numberPattern) ?? this.#take(wordPattern);
		if (token === undefined)
			this.#fail(this.#offset < this.#text.length ? "a value expected" : "unexpected end of file");
		return JSON.parse(token) as Json;
	}

	#array(depth: number): Json[] {
		const array: Json[] = [];
		if (this.#accept("]")) return array;
		do array.push(this.#value(depth + 1));
		while (this.#accept(","));
		if (!this.#accept("]")) this.#fail('"," or "]" expected');
		return array;
	}

	#object(depth: number): JsonObject {
		const object: JsonObject = {};
		if (this.#accept("}")) return object;
		do {
			this.#space();
			const start = this.#offset;
			const token = this.#take(stringPattern);
			if (token === undefined) this.#fail("a key in double quotes expected");
			const key = JSON.parse(token) as string;
			if (Object.hasOwn(object, key)) this.#fail(`the key ${token} is here twice`, start);
			if (!this.#accept(":")) this.#fail('":" expected');
			const value = this.#value(depth + 1);
			Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
		} while (this.#accept(","));
		if (!this.#accept("}")) this.#fail('"," or "}" expected');
		return object;
	}
}

/**
 * Parses a JSON text.
 * @param text the whole file
 * @param path the file's name, for errors
 * @throws BuildError MANIFEST_SYNTAX with `path:line:column`
 */
export function parseJson(text: string, path: string): Json {
	return new Parser(text, path).document();
}

export function isObject(value: Json | undefined): value is JsonObject {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The script expression of a JSON value, frozen all through. */
export function frozenLiteral(value: Json): string {
	if (Array.isArray(value)) return `Object.freeze([${value.map(frozenLiteral).join(", ")}])`;
	if (typeof value !== "object" || value === null) return JSON.stringify(value);
	const items = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${frozenLiteral(item)}`);
	return `Object.freeze({${items.join(", ")}})`;
}
