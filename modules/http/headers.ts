// SPDX-License-Identifier: Apache-2.0
//
// Header fields in order of arrival, bounded (RFC 9110 section 5). Names are compared without case and kept as written.
// Leaves out the grammar of single fields and the joining of lists.

import { HTTPError } from "./errors.js";

export interface HeaderLimits {
	/** Fields in one list. */
	headerCount: number;
	/** Bytes of all header lines together. */
	headerBytes: number;
}

// Character by character: XS compiles a regular expression each time it comes by, and this runs for every line.

/** RFC 9110 section 5.6.2, token. */
export function isToken(text: string): boolean {
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		const letterOrDigit =
			(code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39);
		if (!letterOrDigit && code !== 0x2d && !"!#$%&'*+.^_`|~".includes(text.charAt(i))) return false;
	}
	return text.length > 0;
}

/** Without SP and HTAB at both ends, which is what HTTP calls optional white space; `trim` would also take U+00A0. */
export function trimmed(text: string): string {
	let start = 0;
	let end = text.length;
	while (start < end && isBlank(text.charCodeAt(start))) start++;
	while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
	return text.slice(start, end);
}

export function isBlank(code: number): boolean {
	return code === 0x20 || code === 0x09;
}

/** @returns index of the first character that no field value may hold (RFC 9110 section 5.5), -1 when there is none */
export function findControl(text: string): number {
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if ((code < 0x20 && code !== 0x09) || code === 0x7f || code > 0xff) return i;
	}
	return -1;
}

export class Headers {
	readonly #limits: HeaderLimits;
	#names: string[] = [];
	#values: string[] = [];
	#bytes = 0;

	constructor(limits: HeaderLimits) {
		this.#limits = limits;
	}

	get size(): number {
		return this.#names.length;
	}

	/**
	 * Adds a field at the end; on a throw the list is unchanged.
	 * @throws HTTPError HTTP_HEADER_NAME, HTTP_HEADER_VALUE, HTTP_HEADER_LIMIT
	 */
	append(name: string, value: string): void {
		if (!isToken(name)) throw new HTTPError("HTTP_HEADER_NAME", "header name is not a token");
		const fault = findControl(value);
		// A line end here would let a value write header lines of its own.
		if (fault >= 0) throw new HTTPError("HTTP_HEADER_VALUE", `character ${fault} of a header value is not allowed`);
		const bytes = this.#bytes + name.length + value.length;
		if (this.#names.length >= this.#limits.headerCount || bytes > this.#limits.headerBytes)
			throw new HTTPError("HTTP_HEADER_LIMIT", "too many header fields");
		this.#names.push(name);
		this.#values.push(value);
		this.#bytes = bytes;
	}

	/** Forgets all fields but those of these names, in lower case. */
	retain(names: readonly string[]): void {
		// The caller's own texts, which lie in flash, in place of those that have come.
		const places = this.#names.map((name) => names.indexOf(name.toLowerCase()));
		this.#values = this.#values.filter((_, index) => places[index] >= 0);
		this.#names = places.filter((place) => place >= 0).map((place) => names[place]);
	}

	/** @returns the value of the first field of that name */
	get(name: string): string | undefined {
		const index = this.find(name.toLowerCase());
		return index < 0 ? undefined : this.#values[index];
	}

	/** @returns the values of all fields of that name, in order */
	getAll(name: string): string[] {
		const wanted = name.toLowerCase();
		return this.#values.filter((_, index) => this.#names[index].toLowerCase() === wanted);
	}

	has(name: string): boolean {
		return this.find(name.toLowerCase()) >= 0;
	}

	/** Whether a comma-separated field holds `token`, without case (for example "close" in Connection). */
	hasToken(name: string, token: string): boolean {
		return this.getAll(name).some((value) => value.split(",").some((item) => trimmed(item).toLowerCase() === token));
	}

	/** @returns [name, value] of each field, in order */
	entries(): Array<[string, string]> {
		return this.#names.map((name, index) => [name, this.#values[index]]);
	}

	private find(wanted: string): number {
		return this.#names.findIndex((name) => name.toLowerCase() === wanted);
	}
}
