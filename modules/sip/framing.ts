// SPDX-License-Identifier: Apache-2.0
//
// Where a message begins and ends: in a datagram, and in a stream that arrives in any pieces. Bodies are counted, not kept.
// Sources: RFC 3261 sections 7.5, 18.3 and 20.14; RFC 5626 section 3.5.1 (keep-alive).

import { SIPError } from "./error.js";
import { findHeadEnd, headLimits, readHead, type Head } from "./head.js";
import { announcedLength } from "./request.js";

export interface Message {
	head: Head;
	/** Bytes of the body. */
	bodyLength: number;
	/** Bytes of head and body. */
	size: number;
	/** What is wrong with the body's length; the answer says so. */
	fault: SIPError | undefined;
}

function isBreak(byte: number): boolean {
	return byte === 0x0d || byte === 0x0a;
}

/** @returns Content-Length, or the error that it is one */
function lengthOf(head: Head): number | SIPError | undefined {
	try {
		return announcedLength(head);
	} catch (error) {
		if (error instanceof SIPError) return error;
		throw error;
	}
}

/** Only line ends: files end so, and nobody means them for a body. */
function isBlank(bytes: Uint8Array, start: number): boolean {
	for (let at = start; at < bytes.length; at++) if (!isBreak(bytes[at])) return false;
	return true;
}

/**
 * Reads a datagram; bytes behind the announced length do not count (RFC 3261 section 18.3).
 * @returns `undefined` for a keep-alive: nothing but line ends, or zeros
 * @throws SIPError SIP_LENGTH, SIP_LINE, SIP_FIELDS
 */
export function readDatagram(bytes: Uint8Array): Message | undefined {
	let start = 0;
	while (start < bytes.length && (isBreak(bytes[start]) || bytes[start] === 0)) start++;
	if (start === bytes.length) return undefined;
	const limit = Math.min(bytes.length, start + headLimits.bytes);
	const end = findHeadEnd(bytes, start, limit);
	if (end === undefined)
		throw new SIPError(limit < bytes.length ? "SIP_LENGTH" : "SIP_LINE", limit, "a head without end");
	const head = readHead(bytes, start, end);
	const rest = bytes.length - end;
	const announced = lengthOf(head);
	const message = { head, bodyLength: 0, size: bytes.length, fault: undefined };
	if (announced instanceof SIPError) return { ...message, fault: announced };
	if (announced === undefined) return { ...message, bodyLength: isBlank(bytes, end) ? 0 : rest };
	if (announced <= rest) return { ...message, bodyLength: announced };
	return { ...message, fault: new SIPError("SIP_BODY", bytes.length, "less than Content-Length announces") };
}

const firstBytes = 512;

/**
 * Takes a stream: `write` a piece, then `next` until it gives `undefined`; then the piece is used up. What `next` gave is good until
 * the next call. Without Content-Length a body is empty here (RFC 3261 section 18.3 would have it refused). After a throw the stream is lost.
 */
export class StreamReader {
	#buffer: Uint8Array | undefined;
	#length = 0;
	#piece: Uint8Array = new Uint8Array(0);
	#at = 0;
	/** Line ends seen between messages, in bytes: two pairs are a ping. */
	#breaks = 0;
	/** A message whose body is on its way. */
	#message: Message | undefined;
	#left = 0;

	/** Bytes allocated. */
	get held(): number {
		return this.#buffer?.length ?? 0;
	}

	/** Whether a message has begun and not ended. */
	get partial(): boolean {
		return this.#length > 0 || this.#message !== undefined;
	}

	write(piece: Uint8Array): void {
		this.#piece = piece;
		this.#at = 0;
	}

	/** @throws SIPError SIP_LENGTH, SIP_LINE, SIP_FIELDS */
	next(): Message | "ping" | undefined {
		while (this.#at < this.#piece.length) {
			if (this.#message === undefined && this.#length === 0 && this.skipBreaks()) return "ping";
			if (this.#message === undefined) this.takeHead();
			if (this.#message === undefined) continue;
			const message = this.takeBody(this.#message);
			if (message !== undefined) return message;
		}
		return undefined;
	}

	/** @returns whether two line ends have come */
	private skipBreaks(): boolean {
		for (; this.#at < this.#piece.length; this.#at++) {
			const byte = this.#piece[this.#at];
			if (!isBreak(byte) && this.#breaks % 2 === 0) break;
			if (byte !== (this.#breaks % 2 === 0 ? 0x0d : 0x0a)) throw new SIPError("SIP_LINE", 0, "CR and LF expected");
			if (++this.#breaks < 4) continue;
			this.#breaks = 0;
			this.#at++;
			return true;
		}
		if (this.#at < this.#piece.length) this.#breaks = 0;
		return false;
	}

	private takeHead(): void {
		const room = headLimits.bytes - this.#length;
		const count = Math.min(room, this.#piece.length - this.#at);
		const start = this.#length;
		this.reserve(start + count).set(this.#piece.subarray(this.#at, this.#at + count), start);
		this.#length += count;
		const buffer = this.reserve(this.#length);
		const end = findHeadEnd(buffer, start - 3, this.#length);
		if (end === undefined) {
			if (count === room)
				throw new SIPError("SIP_LENGTH", this.#length, `a head of more than ${headLimits.bytes} bytes`);
			this.#at += count;
			return;
		}
		this.#at += end - start;
		const head = readHead(buffer, 0, end);
		const length = lengthOf(head);
		const fault = length instanceof SIPError ? length : undefined;
		this.#left = typeof length === "number" ? length : 0;
		this.#message = { head, bodyLength: this.#left, size: end + this.#left, fault };
	}

	private takeBody(message: Message): Message | undefined {
		const count = Math.min(this.#left, this.#piece.length - this.#at);
		this.#at += count;
		this.#left -= count;
		if (this.#left > 0) return undefined;
		this.#message = undefined;
		this.#length = 0;
		return message;
	}

	private reserve(length: number): Uint8Array {
		const old = this.#buffer;
		if (old !== undefined && old.length >= length) return old;
		let size = old?.length ?? firstBytes;
		while (size < length) size *= 2;
		const buffer = new Uint8Array(size);
		if (old !== undefined) buffer.set(old);
		this.#buffer = buffer;
		return buffer;
	}
}
