// SPDX-License-Identifier: Apache-2.0
//
// A head to a request: the fields that a user agent server looks at, each checked, any order. Source: RFC 3261 sections 8.1.1 and 8.2.

import { SIPError } from "./error.js";
import { single, type Field, type FieldName, type Head } from "./head.js";
import {
	needed,
	readCallID,
	readContentType,
	readCSeq,
	readEvent,
	readNumber,
	readParty,
	readTokens,
	readVia,
	textOf,
	uriScheme,
	type Party,
	type TypedValue,
	type Via,
} from "./values.js";

/** What a message brings beside its head. */
export interface Body {
	/** Bytes that are there, and belong to the message. */
	length: number;
	/** Bytes that Content-Length announces; absent without one. */
	announced: number | undefined;
}

export interface SIPRequest {
	head: Head;
	method: string;
	/** Of the Request-URI, lower case. */
	scheme: string;
	via: Via;
	from: Party;
	to: Party;
	callID: string;
	cseq: number;
	/** Option tags that have to be understood. */
	require: string[];
	event: TypedValue | undefined;
	/** Lower case, without parameters. */
	contentType: string | undefined;
	contentEncodings: string[];
	/** The body may be passed over by who does not understand it (RFC 3261 section 20.11). */
	bodyIsOptional: boolean;
	bodyLength: number;
	/** Values of Authorization. */
	authorization: string[];
}

/** Bodies are not kept, so this is a bound on the time a stream may take. */
export const maxBodyBytes = 65535;

/** @returns Content-Length, `undefined` without one. @throws SIPError SIP_CONTENT_LENGTH, SIP_TWICE */
export function announcedLength(head: Head): number | undefined {
	const field = single(head, "content-length");
	return field === undefined ? undefined : readNumber(head, field, maxBodyBytes, "SIP_CONTENT_LENGTH");
}

function firstVia(head: Head): Via {
	let first: Via | undefined;
	// All are checked: an answer goes through all of them.
	const { fields } = head;
	for (let i = 0; i < fields.length; i++)
		if (fields[i].name === "via") first = keepFirst(first, readVia(head, fields[i]));
	return needed(first, "Via");
}

function keepFirst<Value>(first: Value | undefined, next: Value): Value {
	return first ?? next;
}

function optional<Value>(head: Head, name: FieldName, read: (head: Head, field: Field) => Value): Value | undefined {
	const field = single(head, name);
	return field === undefined ? undefined : read(head, field);
}

function required<Value>(head: Head, name: FieldName, read: (head: Head, field: Field) => Value): Value {
	return needed(optional(head, name, read), name);
}

function lists<Item>(head: Head, name: FieldName, read: (head: Head, field: Field) => Item[]): Item[] {
	const list: Item[] = [];
	const { fields } = head;
	for (let i = 0; i < fields.length; i++) if (fields[i].name === name) list.push(...read(head, fields[i]));
	return list;
}

function isOptional(head: Head): boolean {
	const field = single(head, "content-disposition");
	if (field === undefined) return false;
	return /;\s*handling\s*=\s*"?optional"?\s*(;|$)/i.test(textOf(head, field));
}

/**
 * Reads a request.
 * @param bodyLength bytes behind the head that belong to it
 * @throws SIPError with any code; SIP_VERSION where everything else must not be judged
 */
export function readRequest(head: Head, bodyLength: number): SIPRequest {
	if (head.fault !== undefined) throw head.fault;
	const { line } = head;
	if (line.kind !== "request") throw new SIPError("SIP_START_LINE", 0, "a request expected");
	if (!line.known) throw new SIPError("SIP_VERSION", line.end + 1, "SIP/2.0 expected");
	const { method } = line;
	optional(head, "max-forwards", (_, field) => readNumber(head, field, 255, "SIP_MAX_FORWARDS"));
	return {
		head,
		method,
		scheme: uriScheme(head, line.start, line.end),
		via: firstVia(head),
		from: required(head, "from", readParty),
		to: required(head, "to", readParty),
		callID: required(head, "call-id", readCallID),
		cseq: required(head, "cseq", (_, field) => readCSeq(head, field, method)),
		require: lists(head, "require", readTokens),
		event: optional(head, "event", readEvent),
		contentType: optional(head, "content-type", readContentType)?.type,
		contentEncodings: lists(head, "content-encoding", readTokens),
		bodyIsOptional: isOptional(head),
		bodyLength,
		authorization: lists(head, "authorization", (_, field) => [textOf(head, field)]),
	};
}
