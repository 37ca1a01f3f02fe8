// SPDX-License-Identifier: Apache-2.0
//
// The lines of an HTTP/1.x response, one at a time and without their line ends: status line (RFC 9112 section 4), field line
// (section 5), chunk size (section 7.1). Strict: whole tokens only, nothing is repaired.

import { HTTPError } from "./errors.js";
import { findControl, isBlank, isToken, trimmed } from "./headers.js";
import { isHexDigit } from "./host.js";

export interface StatusLine {
	/** Minor version: HTTP/1.0 or HTTP/1.1; later ones of HTTP/1 count as 1.1. */
	minor: 0 | 1;
	/** 100 to 599. */
	status: number;
	reason: string;
}

/**
 * @param offset place of the line in the response
 * @throws HTTPError HTTP_STATUS_LINE, HTTP_VERSION, HTTP_STATUS
 */
export function parseStatusLine(line: string, offset: number): StatusLine {
	if (!/^HTTP\/[0-9]\.[0-9]( |$)/.test(line)) throw new HTTPError("HTTP_STATUS_LINE", "no HTTP version", { offset });
	if (line[5] !== "1") throw new HTTPError("HTTP_VERSION", "not HTTP/1.x", { offset: offset + 5 });
	// The space before an absent reason is often left out; section 4 allows to split at white space.
	const match = /^ ([0-9]{3})(?: (.*))?$/.exec(line.slice(8));
	if (!match) throw new HTTPError("HTTP_STATUS_LINE", "status of three digits expected", { offset: offset + 9 });
	const status = Number(match[1]);
	if (status < 100 || status > 599) throw new HTTPError("HTTP_STATUS", `status ${match[1]}`, { offset: offset + 9 });
	const reason = match[2] ?? "";
	const fault = findControl(reason);
	if (fault >= 0)
		throw new HTTPError("HTTP_STATUS_LINE", "control character in the reason", { offset: offset + 13 + fault });
	return { minor: line[7] === "0" ? 0 : 1, status, reason };
}

/**
 * @param offset place of the line in the response
 * @throws HTTPError HTTP_HEADER_NAME, HTTP_HEADER_VALUE
 */
export function parseFieldLine(line: string, offset: number): { name: string; value: string } {
	const colon = line.indexOf(":");
	const name = colon < 0 ? line : line.slice(0, colon);
	// Also refuses white space before the colon, by which two readers may see two different names.
	if (colon < 0 || !isToken(name))
		throw new HTTPError("HTTP_HEADER_NAME", "header name and colon expected", { offset });
	const raw = line.slice(colon + 1);
	const fault = findControl(raw);
	if (fault >= 0)
		throw new HTTPError("HTTP_HEADER_VALUE", "control character in a header value", {
			offset: offset + colon + 1 + fault,
		});
	return { name, value: trimmed(raw) };
}

/**
 * @param offset place of the line in the response
 * @returns bytes in the chunk, 0 for the last one; extensions are ignored, as section 7.1.1 asks
 * @throws HTTPError HTTP_CHUNK_SIZE
 */
export function parseChunkSize(line: string, offset: number): number {
	let at = 0;
	while (at < line.length && isHexDigit(line.charCodeAt(at))) at++;
	const digits = line.slice(0, at);
	// White space after the size without an extension is no grammar, but some old servers pad with it.
	while (at < line.length && isBlank(line.charCodeAt(at))) at++;
	const ended = at === line.length || line[at] === ";";
	if (digits.length === 0 || digits.length > 8 || !ended || findControl(line) >= 0)
		throw new HTTPError("HTTP_CHUNK_SIZE", "chunk size in hexadecimal expected", { offset });
	return Number(`0x${digits}`);
}
