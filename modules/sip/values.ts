// SPDX-License-Identifier: Apache-2.0
//
// The values of single fields: Via, From and To, CSeq, Call-ID, Event, Content-Length, Content-Type, lists of tokens.
// URIs are checked as far as a user agent server that has one user needs: scheme, and no characters that no URI has.
// Source: RFC 3261 sections 20 and 25.1; RFC 6665 section 8.4 (Event).

import { isIPv6 } from "../http/host.js";
import { SIPError, type SIPErrorCode } from "./error.js";
import type { Field, Head } from "./head.js";
import { bareURIs, labels, parameterValue, Scanner, tokens, uris, words, type SIPParameter } from "./scanner.js";
import { latin1, unfolded } from "./text.js";

/** The topmost Via. */
export interface Via {
	/** UDP, TCP, TLS or another, as written. */
	transport: string;
	host: string;
	port: number | undefined;
	branch: string | undefined;
	/** There is an rport (RFC 3581), with or without a value. */
	rport: boolean;
	parameters: SIPParameter[];
	/** Where the sent-by ends, and the whole value. */
	sentByEnd: number;
	end: number;
}

/** From or To. */
export interface Party {
	tag: string | undefined;
}

const scannerOf = ({ bytes }: Head, { start, end }: Field, code: SIPErrorCode): Scanner =>
	new Scanner(bytes, start, end, code);

function protocol(scanner: Scanner): string {
	const name = scanner.token("protocol");
	scanner.expect(0x2f, "/");
	const version = scanner.token("version");
	scanner.expect(0x2f, "/");
	const transport = scanner.token("transport");
	// Of any version: who speaks another one must be answered, to be told so.
	if (name.toUpperCase() !== "SIP" || (version !== "2.0" && !/^[0-9]+\.[0-9]+$/.test(version)))
		scanner.fail("SIP and a version expected");
	return transport;
}

function bracketed(scanner: Scanner): string {
	scanner.skip();
	const start = scanner.offset;
	while (!scanner.atEnd && scanner.next !== 0x5d) scanner.skip();
	const host = scanner.text(start);
	if (scanner.atEnd || !isIPv6(host)) scanner.fail("an IPv6 address expected");
	scanner.skip();
	return host;
}

/** Whether a label is a number that an IPv4 address may have: without leading zeros, up to 255. */
function isOctet(bytes: Uint8Array, start: number, end: number): boolean {
	if (end - start > 3 || (bytes[start] === 0x30 && end - start > 1)) return false;
	let value = 0;
	for (let at = start; at < end; at++) {
		const digit = bytes[at] - 0x30;
		if (digit < 0 || digit > 9) return false;
		value = value * 10 + digit;
	}
	return value <= 255;
}

function isDigit(byte: number): boolean {
	return byte >= 0x30 && byte <= 0x39;
}

/** A name, or an IPv4 address where the last label begins with a digit. By hand: regular expressions are compiled anew each time. */
function sentBy(scanner: Scanner): string {
	if (scanner.next === 0x5b) return bracketed(scanner);
	const start = scanner.offset;
	let count = 0;
	let octets = 0;
	let last = start;
	for (;;) {
		last = scanner.offset;
		const length = scanner.skipWhile(labels);
		if (length === 0 && count > 0 && scanner.next !== 0x2e) break; // a dot at the end
		if (length === 0 || length > 63) scanner.fail("a host expected");
		count++;
		if (isOctet(scanner.bytes, last, scanner.offset)) octets++;
		if (scanner.next !== 0x2e) break;
		scanner.skip();
	}
	if (isDigit(scanner.bytes[last]) && (count !== 4 || octets !== 4)) scanner.fail("an IPv4 address expected");
	return scanner.text(start);
}

function readPort(scanner: Scanner): number | undefined {
	if (!scanner.take(0x3a)) return undefined;
	const port = scanner.number(65535);
	if (port === 0) scanner.fail("port 0");
	return port;
}

function readOneVia(scanner: Scanner): Via {
	const transport = protocol(scanner);
	const before = scanner.offset;
	scanner.skipSpace();
	if (scanner.offset === before) scanner.fail("space expected");
	const host = sentBy(scanner);
	const port = readPort(scanner);
	const sentByEnd = scanner.offset;
	const parameters = scanner.parameters();
	const branch = parameterValue(parameters, "branch");
	let rport = false;
	for (let i = 0; i < parameters.length; i++) if (parameters[i].name === "rport") rport = true;
	return { transport, host, port, branch, rport, parameters, sentByEnd, end: scanner.offset };
}

/** Reads a Via field, all of its values. @returns the first. @throws SIPError SIP_VIA */
export function readVia(head: Head, field: Field): Via {
	const scanner = scannerOf(head, field, "SIP_VIA");
	const via = readOneVia(scanner);
	while (scanner.take(0x2c)) readOneVia(scanner);
	scanner.expectEnd();
	return via;
}

/** addr-spec: a scheme, a colon, and characters of a URI. Outside angle brackets the parameters belong to the field. */
function skipURI(scanner: Scanner, inBrackets: boolean): void {
	const scheme = scanner.skipWhile(tokens);
	if (scheme === 0 || scanner.next !== 0x3a) scanner.fail("a URI expected");
	scanner.skip();
	const rest = scanner.skipWhile(inBrackets ? uris : bareURIs);
	if (rest === 0) scanner.fail("a URI expected");
}

/** Whether a name stands before the brackets, and skips it. */
function skipDisplayName(scanner: Scanner): void {
	if (scanner.next === 0x22) scanner.skipQuoted();
	else while (scanner.skipWhile(tokens) > 0) scanner.skipSpace();
	scanner.skipSpace();
	if (scanner.next !== 0x3c) scanner.fail("< expected");
}

function hasBracket({ bytes }: Head, { start, end }: Field): boolean {
	const first = bytes.indexOf(0x3c, start);
	if (first < 0 || first >= end) return false;
	const quote = bytes.indexOf(0x22, start);
	if (quote < 0 || quote > first) return true;
	let quoted = false;
	for (let at = start; at < end; at++) {
		if (quoted && bytes[at] === 0x5c) at++;
		else if (bytes[at] === 0x22) quoted = !quoted;
		else if (bytes[at] === 0x3c && !quoted) return true;
	}
	return false;
}

/** Reads From or To. @throws SIPError SIP_ADDRESS */
export function readParty(head: Head, field: Field): Party {
	const scanner = scannerOf(head, field, "SIP_ADDRESS");
	if (hasBracket(head, field)) {
		skipDisplayName(scanner);
		scanner.skip();
		skipURI(scanner, true);
		if (scanner.next !== 0x3e) scanner.fail("> expected");
		scanner.skip();
	} else skipURI(scanner, false);
	const tag = parameterValue(scanner.parameters(), "tag");
	scanner.expectEnd();
	return { tag };
}

/** @throws SIPError SIP_CSEQ: also when the method is not that of the request (RFC 3261 section 8.1.1.5) */
export function readCSeq(head: Head, field: Field, method: string): number {
	const scanner = scannerOf(head, field, "SIP_CSEQ");
	const value = scanner.number(0x7fffffff);
	const before = scanner.offset;
	scanner.skipSpace();
	if (scanner.offset === before) scanner.fail("space expected");
	if (scanner.token("method") !== method) scanner.fail("another method than that of the request");
	scanner.expectEnd();
	return value;
}

/** @throws SIPError SIP_CALL_ID */
export function readCallID(head: Head, field: Field): string {
	const scanner = scannerOf(head, field, "SIP_CALL_ID");
	const start = scanner.offset;
	if (scanner.skipWhile(words) === 0) scanner.fail("a word expected");
	if (scanner.next === 0x40) {
		scanner.skip();
		if (scanner.skipWhile(words) === 0) scanner.fail("a word expected");
	}
	const text = scanner.text(start);
	scanner.expectEnd();
	return text;
}

/** A field that is one number. @throws SIPError with the code */
export function readNumber(head: Head, field: Field, most: number, code: SIPErrorCode): number {
	const scanner = scannerOf(head, field, code);
	const value = scanner.number(most);
	scanner.expectEnd();
	return value;
}

export interface TypedValue {
	/** Lower case. */
	type: string;
	parameters: SIPParameter[];
}

/** Event: a token and its parameters. The names of packages are case-sensitive, senders are not. @throws SIPError SIP_EVENT */
export function readEvent(head: Head, field: Field): TypedValue {
	const scanner = scannerOf(head, field, "SIP_EVENT");
	const type = scanner.token("event").toLowerCase();
	const parameters = scanner.parameters();
	scanner.expectEnd();
	return { type, parameters };
}

/** Content-Type: type/subtype and parameters. @throws SIPError SIP_CONTENT_TYPE */
export function readContentType(head: Head, field: Field): TypedValue {
	const scanner = scannerOf(head, field, "SIP_CONTENT_TYPE");
	const type = scanner.token("type").toLowerCase();
	scanner.expect(0x2f, "/");
	const subtype = scanner.token("subtype").toLowerCase();
	const parameters = scanner.parameters();
	scanner.expectEnd();
	return { type: `${type}/${subtype}`, parameters };
}

/** Tokens between commas, as in Require and Content-Encoding; an empty field is an empty list. @throws SIPError SIP_REQUIRE */
export function readTokens(head: Head, field: Field): string[] {
	const scanner = scannerOf(head, field, "SIP_REQUIRE");
	const list: string[] = [];
	if (scanner.atEnd) return list;
	do list.push(scanner.token("token").toLowerCase());
	while (scanner.take(0x2c));
	scanner.expectEnd();
	return list;
}

/** The scheme of the Request-URI, lower case. @throws SIPError SIP_START_LINE */
export function uriScheme({ bytes }: Head, start: number, end: number): string {
	const scanner = new Scanner(bytes, start, end, "SIP_START_LINE");
	const scheme = scanner.token("scheme").toLowerCase();
	if (scanner.next !== 0x3a || scanner.offset + 1 === end) scanner.fail("a URI expected");
	return scheme;
}

/** The value as text on one line. */
export function textOf({ bytes }: Head, { start, end }: { start: number; end: number }): string {
	return latin1(unfolded(bytes, start, end), 0, end - start);
}

/** @throws SIPError SIP_MISSING */
export function needed<Value>(value: Value | undefined, what: string): Value {
	if (value === undefined) throw new SIPError("SIP_MISSING", 0, `${what} expected`);
	return value;
}
