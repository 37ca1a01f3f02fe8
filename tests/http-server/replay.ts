// SPDX-License-Identifier: Apache-2.0
//
// Runs the request parser over bytes cut in pieces, as a connection would, and says what came out.

import { decodeLatin1 } from "../../modules/bytes/text.js";
import { HTTPError } from "../../modules/http/errors.js";
import { RequestParser, type RequestLimits } from "../../modules/http-server/request-parser.js";

export interface Replayed {
	method: string;
	path: string;
	query: string;
	minor: number;
	headers: Array<[string, string]>;
	body: string;
	keepAlive: boolean;
	/** Bytes not taken. */
	rest: number;
}

/** @returns the request, or the error it was refused with */
export function replay(pieces: Uint8Array[], limits?: RequestLimits): Replayed | { code: string; offset: number } {
	try {
		return run(pieces, new RequestParser(limits));
	} catch (error) {
		if (error instanceof HTTPError) return { code: error.code, offset: error.offset ?? -1 };
		throw error;
	}
}

/** @returns `bytes` cut into pieces of `size` */
export function cut(bytes: Uint8Array, size: number): Uint8Array[] {
	const pieces: Uint8Array[] = [];
	for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
	return pieces;
}

function run(pieces: Uint8Array[], parser: RequestParser): Replayed {
	let body = "";
	let rest = 0;
	for (const piece of pieces) {
		let at = 0;
		while (at < piece.length && !parser.done) {
			if (parser.ready === 0) at = parser.write(piece, at);
			const count = Math.min(parser.ready, piece.length - at);
			if (count === 0) continue;
			body += decodeLatin1(piece.subarray(at, at + count));
			parser.took(count);
			at += count;
		}
		rest += piece.length - at;
	}
	parser.close();
	const { head, keepAlive } = parser;
	if (!head) throw new Error("whole without a head");
	const { method, path, query, minor } = head;
	return { method, path, query, minor, headers: head.headers.entries(), body, keepAlive, rest };
}
