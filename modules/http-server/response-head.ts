// SPDX-License-Identifier: Apache-2.0
//
// Head of a response, and the framing of its body (RFC 9112 sections 4, 6, 7). Header values are ours, and checked all the same:
// a line end in one would let it write header lines of its own.

import { encodeLatin1, encodeUTF8 } from "../bytes/text.js";
import { HTTPError, type HTTPErrorCode } from "../http/errors.js";
import { findControl, isToken } from "../http/headers.js";
import type { ResponseHeaders } from "./options.js";

// prettier-ignore
const reasons: Readonly<Record<number, string>> = Object.freeze({
	200: "OK", 204: "No Content", 303: "See Other", 304: "Not Modified", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
	404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout", 409: "Conflict", 413: "Content Too Large",
	415: "Unsupported Media Type", 421: "Misdirected Request", 422: "Unprocessable Content", 429: "Too Many Requests",
	431: "Request Header Fields Too Large", 500: "Internal Server Error", 501: "Not Implemented", 503: "Service Unavailable",
	505: "HTTP Version Not Supported",
});

/** Status for a request that was refused by the parser, or took too long. */
export function statusOf(code: HTTPErrorCode): number {
	switch (code) {
		case "HTTP_METHOD":
			return 501;
		case "HTTP_VERSION":
			return 505;
		case "HTTP_BODY_LIMIT":
			return 413;
		case "HTTP_HEADER_LIMIT":
			return 431;
		case "HTTP_TIMEOUT_REQUEST":
			return 408;
		default:
			return 400;
	}
}

/** @throws HTTPError HTTP_HEADER_NAME, HTTP_HEADER_VALUE */
export function responseHead(status: number, headers: ResponseHeaders): Uint8Array {
	let text = `HTTP/1.1 ${status} ${reasons[status] ?? ""}\r\n`;
	for (const [name, value] of headers) {
		if (!isToken(name)) throw new HTTPError("HTTP_HEADER_NAME", "header name is not a token");
		if (findControl(value) >= 0) throw new HTTPError("HTTP_HEADER_VALUE", `character not allowed in ${name}`);
		text += `${name}: ${value}\r\n`;
	}
	return encodeLatin1(`${text}\r\n`);
}

/** A text as a body. */
export function textBody(text: string): Uint8Array {
	return encodeUTF8(`${text}\n`);
}
