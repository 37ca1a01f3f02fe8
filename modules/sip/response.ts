// SPDX-License-Identifier: Apache-2.0
//
// Writes responses: the fields of the request that go back with it, byte by byte, and where it goes. Never larger than a small multiple
// of the request, so that a forged source gains nothing. Sources: RFC 3261 sections 8.2.6 and 18.2; RFC 3581 (rport).

import { ByteWriter } from "../bytes/writer.js";
import type { Field, Head } from "./head.js";
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

function phrase(status: number): string {
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

class ResponseWriter {
	readonly #writer: ByteWriter;

	constructor(capacity: number) {
		this.#writer = new ByteWriter(capacity);
	}

	text(text: string): void {
		this.#writer.bytes(bytesOf(text));
	}

	line(text: string): void {
		this.text(`${text}\r\n`);
	}

	/** Bytes of the request; a fold in them becomes spaces. */
	copy({ bytes }: Head, start: number, end: number): void {
		this.#writer.bytes(unfolded(bytes, start, end));
	}

	finish(): Uint8Array {
		return this.#writer.finish();
	}
}

/** The topmost Via says where the request came from (RFC 3261 section 18.2.1, RFC 3581 section 4); what it said of that before goes. */
function writeTopVia(writer: ResponseWriter, head: Head, field: Field, via: Via, peer: Peer): void {
	writer.text("Via: ");
	writer.copy(head, field.start, via.sentByEnd);
	for (const { name, start, end } of via.parameters) {
		if (name === "received" || name === "rport") continue;
		writer.text(";");
		writer.copy(head, start, end);
	}
	if (via.rport || via.host !== peer.address) writer.text(`;received=${peer.address}`);
	if (via.rport) writer.text(`;rport=${peer.port}`);
	writer.copy(head, via.end, field.end);
	writer.line("");
}

function writeField(writer: ResponseWriter, name: string, head: Head, field: Field | undefined, tag = ""): void {
	if (field === undefined) return;
	writer.text(`${name}: `);
	writer.copy(head, field.start, field.end);
	writer.line(tag === "" ? "" : `;tag=${tag}`);
}

function writeCopies(writer: ResponseWriter, head: Head, via: Via, peer: Peer, toTag: string): void {
	const find = (name: Field["name"]): Field | undefined => head.fields.find((field) => field.name === name);
	let first = true;
	for (const field of head.fields) {
		if (field.name !== "via") continue;
		if (first) writeTopVia(writer, head, field, via, peer);
		else writeField(writer, "Via", head, field);
		first = false;
	}
	writeField(writer, "From", head, find("from"));
	writeField(writer, "To", head, find("to"), toTag);
	writeField(writer, "Call-ID", head, find("call-id"));
	writeField(writer, "CSeq", head, find("cseq"));
}

/**
 * @param toTag for a To that has no tag; empty otherwise
 * @param requestBytes size of the request
 * @returns `undefined` when it would be larger than it may be
 */
export function writeResponse(
	{ head, via, peer }: { head: Head; via: Via; peer: Peer },
	answer: Answer,
	toTag: string,
	requestBytes: number,
): Uint8Array | undefined {
	const capacity = Math.min(responseLimits.bytes, responseLimits.times * requestBytes);
	const writer = new ResponseWriter(capacity);
	try {
		writer.line(`SIP/2.0 ${answer.status} ${answer.phrase ?? phrase(answer.status)}`);
		writeCopies(writer, head, via, peer, toTag);
		for (const line of answer.fields ?? []) writer.line(line);
		writer.line("Content-Length: 0");
		writer.line("");
		return writer.finish();
	} catch (error) {
		// BYTES_FULL: the one thing that a writer of our own texts can run into.
		if (error instanceof Error && (error as { code?: unknown }).code === "BYTES_FULL") return undefined;
		throw error;
	}
}

/** Where a response over UDP goes: to the address of the request, never to one that it names (RFC 3261 section 18.2.2 without maddr). */
export function responsePort(via: Via, peer: Peer): number {
	return via.rport ? peer.port : (via.port ?? 5060);
}
