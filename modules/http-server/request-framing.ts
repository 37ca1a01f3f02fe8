// SPDX-License-Identifier: Apache-2.0
//
// Where the body of a request ends (RFC 9112 section 6.3), for whom it is (section 3.2), and whether the connection outlives it
// (section 9.3). What two readers could understand in two ways is refused: that is how requests are smuggled (section 11.2).

import { HTTPError } from "../http/errors.js";
import type { Headers } from "../http/headers.js";
import type { RequestLine } from "./request-line.js";

export interface RequestHead extends RequestLine {
	headers: Headers;
}

export type RequestFraming = { kind: "length"; length: number } | { kind: "chunked" };

/**
 * @param offset place behind the head, for errors
 * @throws HTTPError HTTP_TRANSFER_ENCODING, HTTP_CONTENT_LENGTH, HTTP_FRAMING
 */
export function requestFraming({ headers, minor }: RequestHead, offset: number): RequestFraming {
	const codings = headers.getAll("transfer-encoding");
	const lengths = headers.getAll("content-length");
	if (codings.length > 0) {
		if (codings.length > 1 || codings[0].toLowerCase() !== "chunked" || minor === 0)
			throw new HTTPError("HTTP_TRANSFER_ENCODING", "only chunked, and only with HTTP/1.1", { offset });
		if (lengths.length > 0)
			throw new HTTPError("HTTP_FRAMING", "Transfer-Encoding together with Content-Length", { offset });
		return { kind: "chunked" };
	}
	if (lengths.length === 0) return { kind: "length", length: 0 };
	if (lengths.length > 1 || !/^[0-9]{1,15}$/.test(lengths[0]))
		throw new HTTPError("HTTP_CONTENT_LENGTH", "one Content-Length of up to 15 digits expected", { offset });
	return { kind: "length", length: Number(lengths[0]) };
}

/**
 * Exactly one Host, also where HTTP/1.0 would do without: the checks against other sites' requests need it (RFC 9112 section 3.2).
 * @throws HTTPError HTTP_HOST
 */
export function checkHost({ headers }: RequestHead, offset: number): void {
	const hosts = headers.getAll("host");
	if (hosts.length !== 1 || !/^[A-Za-z0-9._:[\]-]{1,255}$/.test(hosts[0]))
		throw new HTTPError("HTTP_HOST", "one Host of a name or an address expected", { offset });
}

/** Whether another request may follow on the connection. */
export function keepsAlive({ headers, minor }: RequestHead): boolean {
	if (headers.hasToken("connection", "close")) return false;
	return minor === 1 || headers.hasToken("connection", "keep-alive");
}
