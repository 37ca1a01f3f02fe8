// SPDX-License-Identifier: Apache-2.0
//
// The first line of a request (RFC 9112 section 3) and its target in origin-form (section 3.2.1). Strict: single spaces, upper-case
// methods that this server knows the semantics of, visible ASCII only. Leaves out the absolute-form of proxies, CONNECT and OPTIONS *.

import { decodeUTF8 } from "../bytes/text.js";
import { HTTPError } from "../http/errors.js";
import { isHexDigit } from "../http/host.js";

export type Method = "GET" | "HEAD" | "POST";

export interface RequestLine {
	method: Method;
	/** Percent-decoded, begins with "/". */
	path: string;
	/** As written, without "?"; empty when there is none. */
	query: string;
	/** Minor version of HTTP/1. */
	minor: 0 | 1;
}

const methods: readonly string[] = Object.freeze(["GET", "HEAD", "POST"]);

/** @param offset of the text in the request @throws HTTPError HTTP_TARGET for what is no UTF-8 in percent-encoding, and for NUL */
export function decodePercent(text: string, offset = 0): string {
	if (!text.includes("%")) return text;
	const bytes = new Uint8Array(text.length);
	let length = 0;
	for (let i = 0; i < text.length; i++) {
		const at = offset + i;
		let code = text.charCodeAt(i);
		if (code === 0x25) {
			const fits = i + 2 < text.length && isHexDigit(text.charCodeAt(i + 1)) && isHexDigit(text.charCodeAt(i + 2));
			if (!fits) throw new HTTPError("HTTP_TARGET", "two hexadecimal digits after %", { offset: at });
			code = Number(`0x${text.slice(i + 1, i + 3)}`);
			i += 2;
		}
		if (code === 0) throw new HTTPError("HTTP_TARGET", "NUL in the target", { offset: at });
		bytes[length++] = code;
	}
	try {
		return decodeUTF8(bytes.subarray(0, length), { fatal: true });
	} catch (cause) {
		throw new HTTPError("HTTP_TARGET", "target is not UTF-8", { offset, cause });
	}
}

function checkTarget(target: string, offset: number): void {
	// Only the origin-form: what a server takes for its own host must not depend on the target (section 3.2).
	if (target[0] !== "/") throw new HTTPError("HTTP_TARGET", "target does not begin with /", { offset });
	for (let i = 0; i < target.length; i++) {
		const code = target.charCodeAt(i);
		const visible = code > 0x20 && code < 0x7f && code !== 0x23;
		if (!visible) throw new HTTPError("HTTP_TARGET", "character not allowed in a target", { offset: offset + i });
	}
}

/**
 * @param offset place of the line in the input
 * @throws HTTPError HTTP_REQUEST_LINE, HTTP_METHOD, HTTP_TARGET, HTTP_VERSION
 */
export function parseRequestLine(line: string, offset: number): RequestLine {
	const first = line.indexOf(" ");
	const last = line.lastIndexOf(" ");
	if (first <= 0 || last === first || !/^HTTP\/[0-9]\.[0-9]$/.test(line.slice(last + 1)))
		throw new HTTPError("HTTP_REQUEST_LINE", "method, target and version expected", { offset });
	const method = line.slice(0, first);
	if (!methods.includes(method)) throw new HTTPError("HTTP_METHOD", "method not supported", { offset });
	const at = offset + last + 1;
	if (line[last + 6] !== "1") throw new HTTPError("HTTP_VERSION", "not HTTP/1.x", { offset: at });
	const target = line.slice(first + 1, last);
	checkTarget(target, offset + first + 1);
	const mark = target.indexOf("?");
	const path = mark < 0 ? target : target.slice(0, mark);
	return {
		method: method as Method,
		path: decodePercent(path, offset + first + 1),
		query: mark < 0 ? "" : target.slice(mark + 1),
		minor: line[last + 8] === "0" ? 0 : 1,
	};
}

/** @returns the value of `name` in a query of `name=value` pairs, decoded; `undefined` when it is not there. @throws HTTPError HTTP_TARGET */
export function queryValue(query: string, name: string): string | undefined {
	for (const pair of query.split("&")) {
		const equals = pair.indexOf("=");
		const key = equals < 0 ? pair : pair.slice(0, equals);
		if (key === name) return equals < 0 ? "" : decodePercent(pair.slice(equals + 1).replace(/\+/g, " "));
	}
	return undefined;
}
