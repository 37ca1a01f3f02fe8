// SPDX-License-Identifier: Apache-2.0
//
// Bytes of a GET request (RFC 9112 section 3, RFC 9110 section 7.2). What frames the message or belongs to the connection is
// written here and cannot be given by the caller. Credentials of the URL are not sent by this part.

import { encodeLatin1 } from "../bytes/text.js";
import { HTTPError } from "./errors.js";
import { Headers, type HeaderLimits } from "./headers.js";
import { hostField, type ParsedURL } from "./url.js";

/** Longest request head in bytes. */
export const maxRequestBytes = 4096;

export type HeaderPairs = ReadonlyArray<readonly [name: string, value: string]>;

const limits: HeaderLimits = { headerCount: 32, headerBytes: maxRequestBytes };

const reserved = [
	"accept-encoding",
	"connection",
	"content-length",
	"expect",
	"host",
	"keep-alive",
	"proxy-connection",
	"te",
	"trailer",
	"transfer-encoding",
	"upgrade",
] as const;

/**
 * @param headers caller's header fields, at most 32
 * @throws HTTPError HTTP_TARGET, HTTP_HEADER_RESERVED, HTTP_HEADER_NAME, HTTP_HEADER_VALUE, HTTP_HEADER_LIMIT, HTTP_REQUEST_LIMIT
 */
export function buildRequestHead(url: ParsedURL, headers: HeaderPairs = []): Uint8Array {
	// A URL that did not come from parseURL must not write lines of its own either.
	if (!/^\/[!-~]*$/.test(url.path)) throw new HTTPError("HTTP_TARGET", "path is not a request target");
	const host = hostField(url);
	if (!/^[!-~]+$/.test(host)) throw new HTTPError("HTTP_TARGET", "host is not a Host field");
	const list = new Headers(limits);
	for (const [name, value] of headers) {
		if (reserved.some((item) => item === name.toLowerCase()))
			throw new HTTPError("HTTP_HEADER_RESERVED", "header that the client sets itself");
		list.append(name, value);
	}
	let text = `GET ${url.path} HTTP/1.1\r\nHost: ${host}\r\nConnection: keep-alive\r\nAccept-Encoding: identity\r\n`;
	if (!list.has("accept")) text += "Accept: */*\r\n";
	for (const [name, value] of list.entries()) text += `${name}: ${value}\r\n`;
	text += "\r\n";
	if (text.length > maxRequestBytes)
		throw new HTTPError("HTTP_REQUEST_LIMIT", `request head longer than ${maxRequestBytes} bytes`);
	return encodeLatin1(text);
}
