// SPDX-License-Identifier: Apache-2.0
//
// The fields of HTTP authentication to their parts: challenges of WWW-Authenticate, parameters of Authentication-Info
// (RFC 9110 sections 11.2 to 11.6). Strict: one fault refuses the field and says where. Pure; knows no scheme.

import { HTTPError } from "./errors.js";
import { isBlank, isToken } from "./headers.js";

export interface AuthParameter {
	/** Lower case. */
	readonly name: string;
	/** Without quotes and escapes. */
	readonly value: string;
}

export interface Challenge {
	/** Lower case. */
	readonly scheme: string;
	readonly token68?: string;
	readonly parameters: readonly AuthParameter[];
}

/** Challenges in one field, and parameters in one challenge. */
const maxChallenges = 16;
const maxParameters = 32;

/** @returns the value of the parameter; each name is there at most once */
export function findParameter(parameters: readonly AuthParameter[], name: string): string | undefined {
	return parameters.find((parameter) => parameter.name === name)?.value;
}

/**
 * Reads one WWW-Authenticate field.
 * @returns at least one challenge, in order
 * @throws HTTPError HTTP_CHALLENGE with the offset of the fault
 */
export function parseChallenges(text: string): Challenge[] {
	const scanner = new Scanner(text);
	const challenges: Challenge[] = [];
	while (scanner.skipSeparators()) {
		if (challenges.length === maxChallenges) scanner.fail(`more than ${maxChallenges} challenges`);
		const scheme = scanner.token("scheme").toLowerCase();
		challenges.push({ scheme, ...parseRest(scanner) });
	}
	if (challenges.length === 0) scanner.fail("no challenge");
	return challenges;
}

/**
 * Reads one Authentication-Info field, a list of parameters.
 * @throws HTTPError HTTP_CHALLENGE with the offset of the fault
 */
export function parseAuthParameters(text: string): AuthParameter[] {
	const scanner = new Scanner(text);
	const parameters = scanner.skipSeparators() ? parseParameters(scanner) : [];
	if (!scanner.atEnd) scanner.fail("parameter expected");
	return parameters;
}

/** What follows a scheme. */
function parseRest(scanner: Scanner): Pick<Challenge, "token68" | "parameters"> {
	const spaces = scanner.skipBlanks();
	if (scanner.atEnd || scanner.at(",")) return { parameters: [] };
	if (spaces === 0) scanner.fail("space expected behind the scheme");
	const token68 = scanner.token68();
	if (token68 !== undefined) return { token68, parameters: [] };
	if (!scanner.atParameter()) scanner.fail("parameter expected");
	return { parameters: parseParameters(scanner) };
}

/** Reads parameters up to the end, or to what is none: the next scheme. */
function parseParameters(scanner: Scanner): AuthParameter[] {
	const parameters: AuthParameter[] = [];
	while (scanner.atParameter()) {
		if (parameters.length === maxParameters) scanner.fail(`more than ${maxParameters} parameters`);
		const start = scanner.offset;
		const name = scanner.token("parameter name").toLowerCase();
		// Two readers could take one or the other.
		if (findParameter(parameters, name) !== undefined) scanner.fail("parameter given twice", start);
		scanner.skipEquals();
		parameters.push({ name, value: scanner.value() });
		scanner.skipBlanks();
		if (scanner.atEnd) break;
		if (!scanner.at(",")) scanner.fail("comma expected");
		if (!scanner.skipSeparators()) break;
	}
	return parameters;
}

class Scanner {
	readonly #text: string;
	#offset = 0;

	constructor(text: string) {
		this.#text = text;
	}

	get offset(): number {
		return this.#offset;
	}

	get atEnd(): boolean {
		return this.#offset === this.#text.length;
	}

	at(character: string): boolean {
		return this.#text.charAt(this.#offset) === character;
	}

	fail(message: string, offset = this.#offset): never {
		throw new HTTPError("HTTP_CHALLENGE", `authentication field: ${message}`, { offset });
	}

	/** @returns how many blanks were skipped */
	skipBlanks(): number {
		const start = this.#offset;
		this.#offset = this.afterBlanks(start);
		return this.#offset - start;
	}

	/** Skips blanks and commas: lists may have empty elements (RFC 9110 section 5.6.1). @returns whether anything follows */
	skipSeparators(): boolean {
		this.skipBlanks();
		while (this.at(",")) {
			this.#offset++;
			this.skipBlanks();
		}
		return !this.atEnd;
	}

	token(what: string): string {
		const end = this.endOfToken(this.#offset);
		if (end === this.#offset) this.fail(`${what} expected`);
		const text = this.#text.slice(this.#offset, end);
		this.#offset = end;
		return text;
	}

	/** Whether `name =` stands here: a scheme has no equals sign behind it. */
	atParameter(): boolean {
		const end = this.endOfToken(this.#offset);
		return end > this.#offset && this.#text.charAt(this.afterBlanks(end)) === "=";
	}

	skipEquals(): void {
		this.skipBlanks();
		this.#offset++;
		this.skipBlanks();
	}

	/** @returns the token68 that fills the place up to a comma or the end (RFC 9110 section 11.2), if one does */
	token68(): string | undefined {
		let end = this.#offset;
		while (end < this.#text.length && isToken68(this.#text.charAt(end))) end++;
		if (end === this.#offset) return undefined;
		while (this.#text.charAt(end) === "=") end++;
		const next = this.afterBlanks(end);
		if (next < this.#text.length && this.#text.charAt(next) !== ",") return undefined;
		const text = this.#text.slice(this.#offset, end);
		this.#offset = next;
		return text;
	}

	/** A token or a quoted string (RFC 9110 section 5.6.4). */
	value(): string {
		if (!this.at('"')) return this.token("value");
		const open = this.#offset++;
		let text = "";
		for (;;) {
			if (this.atEnd) this.fail("no closing quote", open);
			if (this.at('"')) break;
			// A backslash is followed by the character that is meant.
			if (this.at("\\")) this.#offset++;
			if (this.atEnd) this.fail("no closing quote", open);
			text += this.quotable();
		}
		this.#offset++;
		return text;
	}

	private quotable(): string {
		const code = this.#text.charCodeAt(this.#offset);
		if ((code < 0x20 && code !== 0x09) || code === 0x7f || code > 0xff) this.fail("character that no text may hold");
		return this.#text.charAt(this.#offset++);
	}

	private endOfToken(start: number): number {
		let end = start;
		while (end < this.#text.length && isToken(this.#text.charAt(end))) end++;
		return end;
	}

	private afterBlanks(start: number): number {
		let at = start;
		while (at < this.#text.length && isBlank(this.#text.charCodeAt(at))) at++;
		return at;
	}
}

function isToken68(character: string): boolean {
	// A token has all but the slash, and more.
	return character === "/" || (isToken(character) && !"!#$%&'*^`|".includes(character));
}
