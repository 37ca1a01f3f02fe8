// SPDX-License-Identifier: Apache-2.0
//
// A bounded cursor over the bytes of one field value: tokens, quoted strings, numbers, parameters. Works on bytes, because strings are
// slow to walk through in XS, and makes strings only of what is compared. Source: RFC 3261 section 25.1.

import { SIPError, type SIPErrorCode } from "./error.js";
import { latin1 } from "./text.js";

/** Kinds of characters, as bits, for `Scanner.skipWhile`. `token` and `word` of RFC 3261 section 25.1. */
export const tokens = 1;
export const words = 2;
/** What may stand in the value of a parameter without quotes: `token`, or `host` with its colons and brackets. */
const valueCharacters = 4;
/** Labels of a host name: letters, digits, "-" and "_". */
export const labels = 8;
/** Of a URI within angle brackets; outside of them what follows ; ? or , belongs to the field. */
export const uris = 16;
export const bareURIs = 32;

const otherTokens = "-.!%*_+`'~";
const otherWords = '()<>:\\"/[]?{}';

function kindsOf(code: number): number {
	const text = String.fromCharCode(code);
	const isAlphanumeric = /^[A-Za-z0-9]$/.test(text);
	const isToken = isAlphanumeric || otherTokens.includes(text);
	const isURI = code > 0x20 && code < 0x7f && !'"<>'.includes(text);
	let kinds = 0;
	if (isToken) kinds |= tokens;
	if (isToken || otherWords.includes(text)) kinds |= words;
	if (isToken || ":[]".includes(text)) kinds |= valueCharacters;
	if (isAlphanumeric || "-_".includes(text)) kinds |= labels;
	if (isURI) kinds |= uris;
	if (isURI && !";?,".includes(text)) kinds |= bareURIs;
	return kinds;
}

/** Of each ASCII character; no others are of any kind. A table, because a call for each byte costs most of the time of a request. */
const kindTable: readonly number[] = Object.freeze(Array.from({ length: 0x80 }, (_, code) => kindsOf(code)));

/** @returns where bytes of a kind end, from `at` on, at most `end` */
export function endOf(kind: number, bytes: Uint8Array, at: number, end: number): number {
	while (at < end && (kindTable[bytes[at]] & kind) !== 0) at++;
	return at;
}

/** White space within a value; CR and LF stand there in a fold only, as the lines were found before. */
export function isSpace(byte: number): boolean {
	return byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === 0x0a;
}

export interface SIPParameter {
	/** Lower case. */
	name: string;
	/** Without quotes, with its escapes; absent for a name alone. */
	value: string | undefined;
	/** Where the whole parameter stands, from its name on. */
	start: number;
	end: number;
}

/** Parameters of one value. */
const maxParameters = 16;

export class Scanner {
	readonly bytes: Uint8Array;
	/** The code of the errors. */
	readonly code: SIPErrorCode;
	#at: number;
	readonly #end: number;

	constructor(bytes: Uint8Array, start: number, end: number, code: SIPErrorCode) {
		this.bytes = bytes;
		this.code = code;
		this.#at = start;
		this.#end = end;
	}

	get offset(): number {
		return this.#at;
	}

	get atEnd(): boolean {
		return this.#at >= this.#end;
	}

	/** The next byte, or -1. */
	get next(): number {
		return this.#at < this.#end ? this.bytes[this.#at] : -1;
	}

	/** @throws SIPError */
	fail(message: string, code = this.code): never {
		throw new SIPError(code, this.#at, message);
	}

	/** @throws SIPError */
	expectEnd(): void {
		this.skipSpace();
		if (!this.atEnd) this.fail("more than was expected");
	}

	skip(): void {
		this.#at++;
	}

	skipSpace(): void {
		this.#at = this.spaceEnd(this.#at);
	}

	/** Takes a separator with the space around it, if it is there. */
	take(byte: number): boolean {
		const at = this.spaceEnd(this.#at);
		if (at === this.#end || this.bytes[at] !== byte) return false;
		this.#at = this.spaceEnd(at + 1);
		return true;
	}

	/** @throws SIPError */
	expect(byte: number, what: string): void {
		if (!this.take(byte)) this.fail(`${what} expected`);
	}

	text(start: number): string {
		return latin1(this.bytes, start, this.#at);
	}

	/** Skips bytes of a kind. @returns how many */
	skipWhile(kind: number): number {
		const start = this.#at;
		return (this.#at = endOf(kind, this.bytes, start, this.#end)) - start;
	}

	/** @throws SIPError when there is none */
	token(what: string): string {
		const start = this.#at;
		if (this.skipWhile(tokens) === 0) this.fail(`${what} expected`);
		return this.text(start);
	}

	/** A decimal number. @throws SIPError when there is none, or it is larger */
	number(most: number): number {
		let value = 0;
		const start = this.#at;
		for (; this.next >= 0x30 && this.next <= 0x39; this.#at++) {
			value = value * 10 + this.bytes[this.#at] - 0x30;
			if (value > most) this.fail(`a number up to ${most} expected`);
		}
		if (this.#at === start) this.fail("a number expected");
		return value;
	}

	/** Skips a quoted string from its opening quote on. @throws SIPError without an end, or with control characters outside a pair */
	skipQuoted(): void {
		this.#at++;
		for (;;) {
			const byte = this.next;
			if (byte < 0) this.fail("no closing quote");
			this.#at++;
			if (byte === 0x22) return;
			if (byte === 0x5c) {
				// Any ASCII character but CR and LF may follow.
				if (this.next < 0 || this.next > 0x7f || this.next === 0x0d || this.next === 0x0a) this.fail("broken pair");
				this.#at++;
			} else if (byte === 0x7f || (byte < 0x20 && !isSpace(byte))) this.fail("control character in quotes");
		}
	}

	/** All `;name=value` from here on. @throws SIPError for what is not one, and for a name that comes twice */
	parameters(): SIPParameter[] {
		const list: SIPParameter[] = [];
		while (this.take(0x3b)) {
			if (list.length === maxParameters) this.fail(`more than ${maxParameters} parameters`);
			const parameter = this.parameter();
			for (let i = 0; i < list.length; i++) if (list[i].name === parameter.name) this.fail("parameter given twice");
			list.push(parameter);
		}
		return list;
	}

	private spaceEnd(at: number): number {
		const end = this.#end;
		while (at < end && isSpace(this.bytes[at])) at++;
		return at;
	}

	private parameter(): SIPParameter {
		const start = this.#at;
		const name = this.token("parameter name").toLowerCase();
		if (!this.take(0x3d)) return { name, value: undefined, start, end: this.#at };
		const from = this.#at;
		if (this.next === 0x22) {
			this.skipQuoted();
			const value = latin1(this.bytes, from + 1, this.#at - 1);
			return { name, value, start, end: this.#at };
		}
		if (this.skipWhile(valueCharacters) === 0) this.fail("parameter value expected");
		return { name, value: this.text(from), start, end: this.#at };
	}
}

/** @returns the value; `undefined` when the parameter is not there or has none */
export function parameterValue(list: readonly SIPParameter[], name: string): string | undefined {
	for (let i = 0; i < list.length; i++) if (list[i].name === name) return list[i].value;
	return undefined;
}
