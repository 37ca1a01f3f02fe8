// SPDX-License-Identifier: Apache-2.0
//
// Bodies of requests: short ones as JSON, checked for what they must hold; long ones are streamed by those who take them.

import { decodeUTF8 } from "../bytes/text.js";
import type { ServerExchange } from "../http-server/options.js";
import { WebError } from "./error.js";

/** Of a JSON body, bytes. */
const jsonBytes = 8192;

/** What JSON gives for an object, until each value has been looked at. */
export type Fields = Readonly<Record<string, unknown>>;

/** @throws WebError WEB_BODY when it is longer than `most` bytes */
export async function readBytes(exchange: ServerExchange, most: number): Promise<Uint8Array> {
	if ((exchange.length ?? 0) > most) throw new WebError(413, "WEB_BODY", `longer than ${most} bytes`);
	const size = exchange.length ?? most;
	const buffer = new Uint8Array(size + 1);
	let held = 0;
	for (;;) {
		const count = await exchange.read(buffer.subarray(held));
		if (count === 0) return buffer.subarray(0, held);
		held += count;
		if (held > size) throw new WebError(413, "WEB_BODY", `longer than ${most} bytes`);
	}
}

/** Of a header without its parameters, in lower case. */
export function mediaType(exchange: ServerExchange): string {
	const [type] = (exchange.head.headers.get("content-type") ?? "").split(";");
	return type.trim().toLowerCase();
}

/** A page of another site cannot send these types without asking first. @throws WebError WEB_TYPE */
export function needType(exchange: ServerExchange, ...types: string[]): void {
	if (!types.includes(mediaType(exchange)))
		throw new WebError(415, "WEB_TYPE", `Content-Type ${types.join(" or ")} expected`);
}

/**
 * In XS, JSON.parse takes a list of the names that are wanted, and makes no name of a property of any other: it would keep each for ever,
 * and a stranger could send thousands. Elsewhere the list is not looked at.
 */
const parseJSON = JSON.parse as unknown as (text: string, names: readonly string[]) => unknown;

/** @param names of all members that are looked at, at any depth @throws WebError WEB_TYPE, WEB_BODY */
export async function readJSON(exchange: ServerExchange, ...names: string[]): Promise<Fields> {
	needType(exchange, "application/json");
	const bytes = await readBytes(exchange, jsonBytes);
	let value: unknown;
	try {
		value = parseJSON(decodeUTF8(bytes, { fatal: true }), names);
	} catch {
		throw new WebError(400, "WEB_BODY", "no JSON");
	}
	if (typeof value !== "object" || value === null || Array.isArray(value))
		throw new WebError(400, "WEB_BODY", "a JSON object expected");
	return value as Fields;
}

/** @throws WebError WEB_BODY */
export function textField(fields: Fields, name: string): string {
	const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
	if (typeof value !== "string") throw new WebError(400, "WEB_BODY", `${name}: a text expected`);
	return value;
}
