// SPDX-License-Identifier: Apache-2.0
//
// Protocol data units and their variable bindings, to and from BER. Says nothing about what they mean.
// Leaves out the trap of SNMPv1. Sources: RFC 3416 section 3, RFC 1157 section 4.1.

import { type BERReader, tag } from "./ber.js";
import type { BERWriter } from "./ber-writer.js";
import { SNMPError } from "./error.js";

/** RFC 3416 section 3. */
export const pduType = Object.freeze({
	get: 0xa0,
	getNext: 0xa1,
	response: 0xa2,
	set: 0xa3,
	getBulk: 0xa5,
	inform: 0xa6,
	trap: 0xa7,
	report: 0xa8,
} as const);

/** RFC 3416 section 3, error-status. */
export const errorStatus = Object.freeze({
	noError: 0,
	tooBig: 1,
	noSuchName: 2,
	badValue: 3,
	readOnly: 4,
	genErr: 5,
	noAccess: 6,
	wrongType: 7,
	wrongLength: 8,
	wrongEncoding: 9,
	wrongValue: 10,
	noCreation: 11,
	inconsistentValue: 12,
	resourceUnavailable: 13,
	commitFailed: 14,
	undoFailed: 15,
	authorizationError: 16,
	notWritable: 17,
	inconsistentName: 18,
} as const);

/** More are answered with tooBig: each costs heap while a request is at work. */
export const maxBindings = 64;

/** Number, bytes or identifier by the tag; `undefined` for null and the exceptions. A counter of 64 bits is its bytes. */
export type Value = number | Uint8Array | readonly number[] | undefined;

export interface Binding {
	oid: readonly number[];
	tag: number;
	value: Value;
}

export interface PDU {
	type: number;
	requestId: number;
	/** Error status; of a getBulk non-repeaters. */
	status: number;
	/** Error index; of a getBulk max-repetitions. */
	index: number;
	bindings: Binding[];
	/** There are more bindings than `maxBindings`; only the first are here. */
	tooMany: boolean;
	/** All of it as it came, a view. */
	raw: Uint8Array;
}

function readValue(reader: BERReader, found: number | undefined): Value {
	switch (found) {
		case tag.integer:
			return reader.integer();
		case tag.counter:
		case tag.unsigned:
		case tag.ticks:
			return reader.unsigned(found);
		case tag.oid:
			return reader.oid();
		case tag.octets:
		case tag.opaque:
		case tag.address:
		case tag.counter64:
			return reader.bytes(found);
		case tag.null:
		case tag.noSuchObject:
		case tag.noSuchInstance:
		case tag.endOfMibView:
			reader.enter(found).expectEnd();
			return undefined;
		default:
			throw new SNMPError("SNMP_TYPE", reader.offset, "type of value is not known");
	}
}

function readBinding(list: BERReader): Binding {
	const reader = list.enter(tag.sequence);
	const oid = reader.oid();
	const found = reader.peek();
	const value = readValue(reader, found);
	reader.expectEnd();
	return { oid, tag: found ?? tag.null, value };
}

/** @throws SNMPError */
export function readPDU(message: BERReader): PDU {
	const type = message.peek() ?? 0;
	const known: readonly number[] = Object.values(pduType);
	if (!known.includes(type)) throw new SNMPError("SNMP_PDU", message.offset, "kind of request is not known");
	const start = message.offset;
	const reader = message.enter(type);
	const pdu: PDU = {
		type,
		requestId: reader.integer(),
		status: reader.integer(),
		index: reader.integer(),
		bindings: [],
		tooMany: false,
		raw: message.input.subarray(start, message.offset),
	};
	const list = reader.enter(tag.sequence);
	reader.expectEnd();
	while (list.remaining > 0) {
		const binding = readBinding(list);
		if (pdu.bindings.length < maxBindings) pdu.bindings.push(binding);
		else pdu.tooMany = true;
	}
	return pdu;
}

function writeValue(writer: BERWriter, kind: number, value: Value): void {
	if (value === undefined) writer.empty(kind);
	else if (typeof value === "number") writer.integer(kind, value);
	else if (value instanceof Uint8Array) writer.bytes(kind, value);
	else writer.oid(kind, value);
}

/** @throws SNMPError SNMP_FULL; the writer is as it was before */
export function writeBinding(writer: BERWriter, { oid, tag: kind, value }: Binding): void {
	const before = writer.offset;
	try {
		const start = writer.open(tag.sequence);
		writer.oid(tag.oid, oid);
		writeValue(writer, kind, value);
		writer.close(start);
	} catch (error) {
		writer.truncate(before);
		throw error;
	}
}

/** Everything of a PDU but its bindings, which `bindings` writes. @throws SNMPError SNMP_FULL */
export function writePDU(
	writer: BERWriter,
	{ type, requestId, status, index }: Pick<PDU, "type" | "requestId" | "status" | "index">,
	bindings: () => void,
): void {
	const pdu = writer.open(type);
	writer.integer(tag.integer, requestId);
	writer.integer(tag.integer, status);
	writer.integer(tag.integer, index);
	const list = writer.open(tag.sequence);
	bindings();
	writer.close(list);
	writer.close(pdu);
}
