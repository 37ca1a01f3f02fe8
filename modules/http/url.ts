// SPDX-License-Identifier: Apache-2.0
//
// http and https URLs (RFC 3986 sections 2 and 3, RFC 9110 section 4.2) to their parts. Strict: what must be percent-encoded
// and is not is an error that shows where. Leaves out relative references, dot-segment removal, zone identifiers, IPvFuture
// and internationalised names. A fragment is checked and dropped.

import { decodeUTF8 } from "../bytes/text.js";
import { isHexDigit, isIPv4, isIPv6, isName, type CharacterTest } from "./host.js";

/** Longest URL taken, in characters. */
export const maxURLLength = 2048;

export type URLErrorCode =
	"URL_CHARACTER" | "URL_HOST" | "URL_LENGTH" | "URL_PERCENT" | "URL_PORT" | "URL_SCHEME" | "URL_USER_INFORMATION";

/** Messages never quote the URL: it may hold a password. */
export class URLError extends Error {
	override readonly name = "URLError";
	readonly code: URLErrorCode;
	/** Index of the first offending character, from 0. */
	readonly offset: number;

	constructor(code: URLErrorCode, offset: number, message: string) {
		super(`${message} (at character ${offset + 1} of the URL)`);
		this.code = code;
		this.offset = offset;
	}
}

export interface ParsedURL {
	readonly scheme: "http" | "https";
	/** Percent-decoded. */
	readonly user?: string;
	/** Percent-decoded; absent when there is no ":" after the user. */
	readonly password?: string;
	/** Lower case; an IPv6 literal without its brackets. */
	readonly host: string;
	/** 1 to 65535; 80 or 443 when the URL names none. */
	readonly port: number;
	/** Path and query as written, never empty. */
	readonly path: string;
}

/**
 * Takes a URL apart.
 * @param text at most `maxURLLength` characters
 * @throws URLError with the offset of the first fault
 * @see RFC 3986 section 3
 */
export function parseURL(text: string): ParsedURL {
	if (text.length > maxURLLength)
		throw new URLError("URL_LENGTH", maxURLLength, `longer than ${maxURLLength} characters`);
	const scheme = parseScheme(text);
	const start = scheme.length + 3;
	const end = endOfAuthority(text, start);
	const at = text.lastIndexOf("@", end - 1);
	const hostStart = at >= start ? at + 1 : start;
	const credentials = at >= start ? parseUserInformation(text, start, at) : {};
	const { host, next } = parseHost(text, hostStart, end);
	const port = parsePort(text, next, end, scheme);
	return { scheme, ...credentials, host, port, path: parsePath(text, end) };
}

/** @returns "http://host:port", without credentials: what one connection may be shared by (RFC 9110 section 4.3.1) */
export function originOf(url: ParsedURL): string {
	return `${url.scheme}://${bracketed(url.host)}:${url.port}`;
}

/** @returns value of the Host field: the port only where it is not the scheme's own (RFC 9110 section 7.2) */
export function hostField(url: ParsedURL): string {
	const host = bracketed(url.host);
	return url.port === defaultPort(url.scheme) ? host : `${host}:${url.port}`;
}

/**
 * The URL without user and password, for logs and events. Never throws: of a text that is no URL, all between the scheme and
 * the last "@" goes.
 */
export function redact(url: ParsedURL | string): string {
	if (typeof url !== "string") return `${url.scheme}://${hostField(url)}${url.path}`;
	try {
		return redact(parseURL(url));
	} catch {
		const at = url.lastIndexOf("@");
		if (at < 0) return url;
		// What stands before "://" is shown only where it cannot be a user name.
		const scheme = /^(https?|ftps?|tftp):\/\//i.exec(url);
		return (scheme ? scheme[0] : "") + url.slice(at + 1);
	}
}

function bracketed(host: string): string {
	return host.includes(":") ? `[${host}]` : host;
}

function defaultPort(scheme: "http" | "https"): number {
	return scheme === "http" ? 80 : 443;
}

function parseScheme(text: string): "http" | "https" {
	const colon = text.indexOf(":");
	const scheme = colon < 0 ? "" : text.slice(0, colon).toLowerCase();
	if (scheme !== "http" && scheme !== "https") throw new URLError("URL_SCHEME", 0, "http:// or https:// expected");
	for (let i = 1; i <= 2; i++)
		if (text[colon + i] !== "/") throw new URLError("URL_SCHEME", colon + i, "// expected after the scheme");
	return scheme;
}

function endOfAuthority(text: string, start: number): number {
	for (let i = start; i < text.length; i++) {
		const character = text[i];
		if (character === "/" || character === "?" || character === "#") return i;
	}
	return text.length;
}

function parseUserInformation(text: string, start: number, end: number): { user: string; password?: string } {
	check(text, start, end, (code) => isPathCharacter(code) && code !== 0x40, "URL_USER_INFORMATION");
	const colon = text.indexOf(":", start);
	if (colon < 0 || colon >= end) return { user: percentDecode(text, start, end) };
	return { user: percentDecode(text, start, colon), password: percentDecode(text, colon + 1, end) };
}

function parseHost(text: string, start: number, end: number): { host: string; next: number } {
	if (text[start] === "[") {
		const close = text.indexOf("]", start);
		if (close < 0 || close >= end) throw new URLError("URL_HOST", start, "no ] after the IPv6 address");
		const host = text.slice(start + 1, close).toLowerCase();
		if (!isIPv6(host)) throw new URLError("URL_HOST", start + 1, "not an IPv6 address");
		return { host, next: close + 1 };
	}
	const colon = text.indexOf(":", start);
	const next = colon < 0 || colon > end ? end : colon;
	const host = text.slice(start, next).toLowerCase();
	if (host === "") throw new URLError("URL_HOST", start, "no host");
	// RFC 3986 section 3.2.2 would allow more in a name; no resolver does.
	if (!isIPv4(host) && !isName(host)) throw new URLError("URL_HOST", start, "neither an IPv4 address nor a host name");
	return { host, next };
}

function parsePort(text: string, start: number, end: number, scheme: "http" | "https"): number {
	if (start === end) return defaultPort(scheme);
	if (text[start] !== ":") throw new URLError("URL_PORT", start, "port or path expected");
	const digits = text.slice(start + 1, end);
	if (digits === "") return defaultPort(scheme);
	const port = /^[0-9]{1,5}$/.test(digits) ? Number(digits) : 0;
	if (port < 1 || port > 65535) throw new URLError("URL_PORT", start + 1, "port is not a number from 1 to 65535");
	return port;
}

function parsePath(text: string, start: number): string {
	const hash = text.indexOf("#", start);
	const end = hash < 0 ? text.length : hash;
	const allowed = (code: number): boolean => isPathCharacter(code) || code === 0x2f || code === 0x3f;
	check(text, start, end, allowed, "URL_CHARACTER");
	if (hash >= 0) check(text, hash + 1, text.length, allowed, "URL_CHARACTER");
	const path = text.slice(start, end);
	return path.startsWith("/") ? path : `/${path}`;
}

/** RFC 3986 section 3.3, pchar; "%" is checked apart. */
function isPathCharacter(code: number): boolean {
	if (code >= 0x61 && code <= 0x7a) return true;
	if (code >= 0x3f && code <= 0x5a) return code !== 0x3f;
	return (code >= 0x26 && code <= 0x3b && code !== 0x2f) || "!$%=_~".includes(String.fromCharCode(code));
}

function check(text: string, start: number, end: number, allowed: CharacterTest, code: URLErrorCode): void {
	for (let i = start; i < end; i++) {
		const character = text.charCodeAt(i);
		if (!allowed(character)) throw new URLError(code, i, "character that must be percent-encoded");
		if (character !== 0x25) continue;
		if (i + 2 >= end || !isHexDigit(text.charCodeAt(i + 1)) || !isHexDigit(text.charCodeAt(i + 2)))
			throw new URLError("URL_PERCENT", i, "two hexadecimal digits expected after %");
	}
}

function percentDecode(text: string, start: number, end: number): string {
	const bytes = new Uint8Array(end - start);
	let length = 0;
	for (let i = start; i < end; i++) {
		const code = text.charCodeAt(i);
		bytes[length++] = code === 0x25 ? Number(`0x${text.slice(i + 1, i + 3)}`) : code;
		if (code === 0x25) i += 2;
	}
	try {
		return decodeUTF8(bytes.subarray(0, length), { fatal: true });
	} catch {
		throw new URLError("URL_PERCENT", start, "percent-encoded bytes are not UTF-8");
	}
}
