// SPDX-License-Identifier: Apache-2.0
//
// Where the body of a response to GET ends (RFC 9112 section 6.3), and whether the connection outlives it (section 9.3).
// What two readers could understand in two ways is refused.

import { HTTPError } from "./errors.js";
import type { Headers } from "./headers.js";

export interface ResponseHead {
	/** Minor version of HTTP/1. */
	minor: 0 | 1;
	/** 200 to 599. */
	status: number;
	reason: string;
	headers: Headers;
}

export type Framing =
	/** Ends with the head. */
	| { kind: "none" }
	| { kind: "length"; length: number }
	| { kind: "chunked" }
	/** Ends with the connection. */
	| { kind: "close" };

/**
 * @param offset place of the first body byte, for errors
 * @throws HTTPError HTTP_TRANSFER_ENCODING, HTTP_CONTENT_LENGTH, HTTP_FRAMING
 */
export function framingOf(head: ResponseHead, offset: number): Framing {
	if (head.status === 204 || head.status === 304) return { kind: "none" };
	const codings = head.headers.getAll("transfer-encoding");
	const lengths = head.headers.getAll("content-length");
	if (codings.length > 0) {
		if (codings.length > 1 || codings[0].toLowerCase() !== "chunked" || head.minor === 0)
			throw new HTTPError("HTTP_TRANSFER_ENCODING", "only chunked, and only with HTTP/1.1", { offset });
		// A sign of response splitting (section 6.3 rule 3).
		if (lengths.length > 0)
			throw new HTTPError("HTTP_FRAMING", "Transfer-Encoding together with Content-Length", { offset });
		return { kind: "chunked" };
	}
	if (lengths.length === 0) return { kind: "close" };
	if (lengths.length > 1 || !/^[0-9]{1,15}$/.test(lengths[0]))
		throw new HTTPError("HTTP_CONTENT_LENGTH", "one Content-Length of up to 15 digits expected", { offset });
	return { kind: "length", length: Number(lengths[0]) };
}

/** Whether another request may follow on the connection. */
export function keepsConnection(head: ResponseHead, framing: Framing): boolean {
	if (framing.kind === "close" || head.headers.hasToken("connection", "close")) return false;
	if (head.minor === 0 && !head.headers.hasToken("connection", "keep-alive")) return false;
	if (framing.kind !== "none") return true;
	// A server that announces a body for a 204 or 304 may also send it, in front of the next response.
	return !head.headers.has("transfer-encoding") && (head.headers.get("content-length") ?? "0") === "0";
}
