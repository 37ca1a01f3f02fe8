// SPDX-License-Identifier: Apache-2.0
//
// The packets of the Trivial File Transfer Protocol that a reading client sends and gets. Pure. Leaves out writing files.
// Sources: RFC 1350 section 5, RFC 2347.
//
//   opcode (2) | RRQ: file 0 mode 0 {option 0 value 0} | DATA: block (2) bytes | ACK: block (2) | ERROR: code (2) text 0 | OACK: {option 0 value 0}

import { decodeLatin1, encodeUTF8 } from "../bytes/text.js";
import { TFTPError } from "./error.js";

const opcodes = Object.freeze({ read: 1, data: 3, acknowledgement: 4, error: 5, options: 6 } as const);

/** RFC 1350, appendix "Error Codes"; RFC 2347 section "Negotiation protocol" for 8. */
export const errorCodes = Object.freeze({
	other: 0,
	notFound: 1,
	access: 2,
	illegal: 4,
	unknownTransfer: 5,
	options: 8,
} as const);

/** Longest read request (RFC 2347: 512 bytes). */
export const maxRequestBytes = 512;
/** Options in one acknowledgement that are read. */
const maxOptions = 8;
const headBytes = 4;

export type ServerPacket =
	| { kind: "data"; block: number; data: Uint8Array }
	| { kind: "options"; options: [name: string, value: string][] }
	| { kind: "error"; code: number; text: string };

function packet(opcode: number, length: number): Uint8Array {
	const bytes = new Uint8Array(length);
	bytes[1] = opcode;
	return bytes;
}

/**
 * A request for a file as it is, byte for byte (mode octet).
 * @param file no NUL in it
 * @param options names and values in ASCII
 * @throws TFTPError TFTP_URL when the request is longer than 512 bytes
 */
export function encodeRead(file: string, options: readonly (readonly [string, string])[]): Uint8Array {
	const texts = [file, "octet", ...options.flat()].map((text) => encodeUTF8(text));
	const length = texts.reduce((sum, text) => sum + text.length + 1, 2);
	if (length > maxRequestBytes)
		throw new TFTPError("TFTP_URL", `a request of ${length} bytes, limit ${maxRequestBytes}`);
	const bytes = packet(opcodes.read, length);
	let at = 2;
	for (const text of texts) {
		bytes.set(text, at);
		at += text.length + 1;
	}
	return bytes;
}

/** @param block 0 to 65535 */
export function encodeAcknowledgement(block: number): Uint8Array {
	const bytes = packet(opcodes.acknowledgement, headBytes);
	bytes[2] = block >> 8;
	bytes[3] = block & 0xff;
	return bytes;
}

/** @param text ASCII */
export function encodeError(code: number, text: string): Uint8Array {
	const message = encodeUTF8(text);
	const bytes = packet(opcodes.error, headBytes + message.length + 1);
	bytes[3] = code;
	bytes.set(message, headBytes);
	return bytes;
}

function malformed(offset: number, what: string): never {
	throw new TFTPError("TFTP_PACKET", what, { offset });
}

/** @returns the text from `start` to the next NUL, and where it goes on behind that */
function readText(bytes: Uint8Array, start: number): { text: string; next: number } {
	const end = bytes.indexOf(0, start);
	if (end < 0) return malformed(bytes.length, "a text without an end");
	return { text: decodeLatin1(bytes.subarray(start, end)), next: end + 1 };
}

function readOptions(bytes: Uint8Array): [string, string][] {
	const options: [string, string][] = [];
	for (let at = 2; at < bytes.length;) {
		const name = readText(bytes, at);
		const value = readText(bytes, name.next);
		const key = name.text.toLowerCase();
		if (options.length >= maxOptions) malformed(at, `more than ${maxOptions} options`);
		if (key === "" || options.some(([known]) => known === key))
			malformed(at, "an option without a name, or named twice");
		options.push([key, value.text]);
		at = value.next;
	}
	return options;
}

/**
 * Reads what a server may send.
 * @returns data as a part of `bytes`; names of options in lower case (RFC 2347: case does not matter)
 * @throws TFTPError TFTP_PACKET with the offset of the fault, also for packets that only a client sends
 */
export function decodePacket(bytes: Uint8Array): ServerPacket {
	if (bytes.length < 2) return malformed(bytes.length, "no opcode");
	const opcode = bytes[0] * 256 + bytes[1];
	if (opcode === opcodes.options) return { kind: "options", options: readOptions(bytes) };
	if (opcode !== opcodes.data && opcode !== opcodes.error) return malformed(0, `opcode ${opcode} from a server`);
	if (bytes.length < headBytes) return malformed(bytes.length, "half a number");
	const number = bytes[2] * 256 + bytes[3];
	if (opcode === opcodes.data) return { kind: "data", block: number, data: bytes.subarray(headBytes) };
	const { text, next } = readText(bytes, headBytes);
	if (next !== bytes.length) return malformed(next, "bytes behind the text");
	return { kind: "error", code: number, text };
}
