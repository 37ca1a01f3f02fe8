// SPDX-License-Identifier: Apache-2.0
//
// One syslog message to bytes. Pure; never throws: what a field must not hold is replaced, what is too long is cut, so that a message
// always goes out and always reads as one. Leaves out reading. Source: RFC 5424 section 6.

import { encodeUTF8 } from "../bytes/text.js";

/** RFC 5424 section 6.2.1, table 2. */
export const severities = Object.freeze({ error: 3, warning: 4, notice: 5, info: 6 } as const);

export type Severity = keyof typeof severities;

/** SD-ELEMENT: its name, and pairs of parameter name and value. */
export interface StructuredData {
	id: string;
	parameters: readonly (readonly [string, string])[];
}

export interface SyslogMessage {
	/** 0 to 23. */
	facility: number;
	severity: Severity;
	/** Milliseconds since 1970; `undefined` while the time is not known. */
	time: number | undefined;
	hostName: string;
	application: string;
	/** Kind of message, one word. */
	id: string;
	data: readonly StructuredData[];
	/** For people. */
	text: string;
}

/** RFC 5424 section 6: longest HOSTNAME, APP-NAME, MSGID, SD-NAME. */
const most = Object.freeze({ hostName: 255, application: 48, id: 32, name: 32 });
const missing = "-";
const byteOrderMark = Uint8Array.of(0xef, 0xbb, 0xbf);

/** PRINTUSASCII; other characters become underscores. */
function headerField(text: string, limit: number): string {
	let field = "";
	for (const character of text.slice(0, limit)) field += character > " " && character <= "~" ? character : "_";
	return field === "" ? missing : field;
}

function dataName(text: string): string {
	return headerField(text, most.name).replace(/[=\]"]/g, "_");
}

function isControl(code: number): boolean {
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/** One line: control characters become question marks. */
function printable(text: string): string {
	let line = "";
	for (const character of text) line += isControl(character.codePointAt(0) ?? 0) ? "?" : character;
	return line;
}

function escapeValue(text: string): string {
	return printable(text).replace(/[\\"\]]/g, (character) => `\\${character}`);
}

/** RFC 5424 section 6.2.3, with milliseconds. */
function timestamp(ms: number | undefined): string {
	if (ms === undefined || !(Math.abs(ms) <= 8.64e15)) return missing;
	const text = new Date(ms).toISOString();
	return text.length === 24 ? text : missing; // a year of more than four digits
}

/** Structured data of at most `limit` bytes: parameters that do not fit are left out, and elements none of whose fit. */
function structuredData(elements: readonly StructuredData[], limit: number): Uint8Array {
	let text = "";
	let length = 0;
	for (const { id, parameters } of elements) {
		let element = `[${dataName(id)}`;
		const empty = element.length + 1;
		let elementLength = empty;
		for (const [name, value] of parameters) {
			const part = ` ${dataName(name)}="${escapeValue(value)}"`;
			const partLength = encodeUTF8(part).length;
			if (length + elementLength + partLength > limit) continue;
			element += part;
			elementLength += partLength;
		}
		if (elementLength === empty && (parameters.length > 0 || length + empty > limit)) continue;
		text += `${element}]`;
		length += elementLength;
	}
	return encodeUTF8(text === "" ? missing : text);
}

/** @returns how many of the first `limit` bytes are whole characters */
export function wholeLength(bytes: Uint8Array, limit: number): number {
	if (bytes.length <= limit) return bytes.length;
	let length = limit;
	while (length > 0 && (bytes[length] & 0xc0) === 0x80) length--;
	return length;
}

/**
 * @param limit bytes, at least 480 (RFC 5426 section 3.2), default 1024: longer text is cut between two characters
 * @see RFC 5424 section 6.4: text that is not ASCII begins with a byte order mark
 */
export function encodeMessage(message: SyslogMessage, limit = 1024): Uint8Array {
	const { facility, severity, time, hostName, application, id, data, text } = message;
	const fields = [
		`<${facility * 8 + severities[severity]}>1`,
		timestamp(time),
		headerField(hostName, most.hostName),
		headerField(application, most.application),
		missing,
		headerField(id, most.id),
		"",
	];
	const head = encodeUTF8(fields.join(" "));
	const elements = structuredData(data, limit - head.length);
	const body = encodeUTF8(printable(text));
	const mark = body.length > 0 && body.some((byte) => byte > 0x7f) ? byteOrderMark : new Uint8Array(0);
	const room = limit - head.length - elements.length - 1 - mark.length;
	const length = room > 0 ? wholeLength(body, room) : 0;
	const parts = length > 0 ? [head, elements, encodeUTF8(" "), mark, body.subarray(0, length)] : [head, elements];
	return join(parts);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
	const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
	let at = 0;
	for (const part of parts) {
		bytes.set(part, at);
		at += part.length;
	}
	return bytes;
}
