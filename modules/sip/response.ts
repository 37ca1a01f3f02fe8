// SPDX-License-Identifier: Apache-2.0
//
// Writes responses: the fields of the request that go back with it, byte by byte, and where it goes. Never larger than a small multiple
// of the request, so that a forged source gains nothing. Sources: RFC 3261 sections 8.2.6 and 18.2; RFC 3581 (rport).

import { firstOf, type Field, type Head } from "./head.js";
import { bytesOf, unfolded } from "./text.js";
import type { Via } from "./values.js";

export interface Peer {
	transport: "UDP" | "TCP" | "TLS";
	/** Literal, IPv6 without brackets. */
	address: string;
	port: number;
}

export interface Answer {
	status: number;
	/** In the place of the usual phrase. */
	phrase?: string;
	/** Lines without their end. */
	fields?: readonly string[];
}

export const responseLimits = Object.freeze({
	/** A response has at most so many times the bytes of its request... */
	times: 3,
	/** ...and never more than fits a datagram on most paths, with room for IPv6 and a tunnel. */
	bytes: 1300,
});

function phraseOf(status: number): string {
	switch (status) {
		case 200:
			return "OK";
		case 400:
			return "Bad Request";
		case 401:
			return "Unauthorized";
		case 403:
			return "Forbidden";
		case 405:
			return "Method Not Allowed";
		case 415:
			return "Unsupported Media Type";
		case 416:
			return "Unsupported URI Scheme";
		case 420:
			return "Bad Extension";
		case 481:
			return "Call/Transaction Does Not Exist";
		case 489:
			return "Bad Event";
		case 501:
			return "Not Implemented";
		case 503:
			return "Service Unavailable";
		case 505:
			return "Version Not Supported";
		default:
			return "Refused";
	}
}

/** Texts that most responses have, as bytes: made once, since a loop over characters is slow in XS. */
function asBytes(text: string): readonly number[] {
	return Object.freeze(Array.from(text, (character) => character.charCodeAt(0)));
}

const lineEnd = asBytes("\r\n");
const tagName = asBytes(";tag=");
const statusOK = asBytes("SIP/2.0 200 OK\r\n");
const lastLines = asBytes("Content-Length: 0\r\n\r\n");
const viaName = asBytes("Via: ");
/** What is copied beside Via, in this order. */
const copied: readonly (readonly [name: Field["name"], text: readonly number[]])[] = Object.freeze([
	Object.freeze(["from", asBytes("From: ")] as const),
	Object.freeze(["to", asBytes("To: ")] as const),
	Object.freeze(["call-id", asBytes("Call-ID: ")] as const),
	Object.freeze(["cseq", asBytes("CSeq: ")] as const),
]);

class ResponseWriter {
	readonly #output: Uint8Array;
	#at = 0;
	/** Whether something did not fit: then nothing may be sent. */
	full = false;

	constructor(capacity: number) {
		this.#output = new Uint8Array(capacity);
	}

	bytes(bytes: ArrayLike<number>): void {
		const end = this.#at + bytes.length;
		if (end > this.#output.length) {
			this.full = true;
			return;
		}
		this.#output.set(bytes, this.#at);
		this.#at = end;
	}

	text(text: string): void {
		this.bytes(bytesOf(text));
	}

	line(text: string): void {
		this.text(text);
		this.bytes(lineEnd);
	}

	/** Bytes of the request; a fold in them becomes spaces. */
	copy({ bytes }: Head, start: number, end: number): void {
		if (start === end) return;
		const fold = bytes.indexOf(0x0d, start);
		this.bytes(fold < 0 || fold >= end ? bytes.subarray(start, end) : unfolded(bytes, start, end));
	}

	finish(): Uint8Array {
		return this.#output.subarray(0, this.#at);
	}
}

/** The topmost Via says where the request came from (RFC 3261 section 18.2.1, RFC 3581 section 4); what it said of that before goes. */
function writeTopVia(writer: ResponseWriter, head: Head, field: Field, via: Via, peer: Peer): void {
	let from = field.start;
	let to = via.sentByEnd;
	for (let i = 0; i < via.parameters.length; i++) {
		const { name, end } = via.parameters[i];
		if (name === "received" || name === "rport") {
			writer.copy(head, from, to);
			from = end;
		}
		to = end;
	}
	writer.copy(head, from, to);
	const { address, port } = peer;
	if (via.rport) writer.text(`;received=${address};rport=${port}`);
	else if (via.host !== address) writer.text(`;received=${address}`);
	writer.copy(head, via.end, field.end);
	writer.bytes(lineEnd);
}

function writeVias(writer: ResponseWriter, head: Head, via: Via, peer: Peer): void {
	const { fields } = head;
	let first = true;
	for (let i = 0; i < fields.length; i++) {
		const field = fields[i];
		if (field.name !== "via") continue;
		writer.bytes(viaName);
		if (first) writeTopVia(writer, head, field, via, peer);
		else {
			writer.copy(head, field.start, field.end);
			writer.bytes(lineEnd);
		}
		first = false;
	}
}

function writeCopies(writer: ResponseWriter, head: Head, toTag: string): void {
	for (let i = 0; i < copied.length; i++) {
		const name = copied[i][0];
		const field = firstOf(head, name);
		if (field === undefined) continue;
		writer.bytes(copied[i][1]);
		writer.copy(head, field.start, field.end);
		if (name === "to" && toTag !== "") {
			writer.bytes(tagName);
			writer.text(toTag);
		}
		writer.bytes(lineEnd);
	}
}

/**
 * @param toTag for a To that has no tag; empty otherwise
 * @param requestBytes size of the request
 * @returns `undefined` when it would be larger than it may be
 */
export function writeResponse(
	{ head, via, peer }: { head: Head; via: Via; peer: Peer },
	{ status, phrase = phraseOf(status), fields = [] }: Answer,
	toTag: string,
	requestBytes: number,
): Uint8Array | undefined {
	const capacity = Math.min(responseLimits.bytes, responseLimits.times * requestBytes);
	const writer = new ResponseWriter(capacity);
	if (phrase === "OK") writer.bytes(statusOK);
	else writer.line(`SIP/2.0 ${status} ${phrase}`);
	writeVias(writer, head, via, peer);
	writeCopies(writer, head, toTag);
	for (let i = 0; i < fields.length; i++) writer.line(fields[i]);
	writer.bytes(lastLines);
	return writer.full ? undefined : writer.finish();
}

/** Where a response over UDP goes: to the address of the request, never to one that it names (RFC 3261 section 18.2.2 without maddr). */
export function responsePort(via: Via, peer: Peer): number {
	return via.rport ? peer.port : (via.port ?? 5060);
}
