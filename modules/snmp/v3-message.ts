// SPDX-License-Identifier: Apache-2.0
//
// Messages of SNMPv3 with the parameters of the user-based security model, to and from BER. Neither checks nor protects them.
// Sources: RFC 3412 section 6, RFC 3414 section 2.4.

import { BERReader, tag } from "./ber.js";
import type { BERWriter } from "./ber-writer.js";
import { SNMPError } from "./error.js";
import { version } from "./message.js";

export const flags = Object.freeze({ auth: 1, priv: 2, reportable: 4 } as const);
export const userSecurityModel = 3;
/** RFC 3412 section 6: every engine takes that much. */
const leastMessageBytes = 484;
const maxName = 32;

export interface V3Message {
	id: number;
	/** Longest message that the other side takes. */
	maxBytes: number;
	flags: number;
	model: number;
	engineID: Uint8Array;
	boots: number;
	time: number;
	user: Uint8Array;
	/** Views of the message: zeros are put in place of the code before it is compared. */
	code: Uint8Array;
	salt: Uint8Array;
	/** The scoped PDU, as it is or encrypted. */
	body: BERReader;
	encrypted: boolean;
}

export interface ScopedPDU {
	engineID: Uint8Array;
	name: Uint8Array;
	/** At the PDU. */
	pdu: BERReader;
}

function shortBytes(reader: BERReader): Uint8Array {
	const offset = reader.offset;
	const bytes = reader.bytes(tag.octets);
	if (bytes.length > maxName) throw new SNMPError("SNMP_NAME", offset, `name of more than ${maxName} bytes`);
	return bytes;
}

function readSecurity(reader: BERReader) {
	const outer = reader.enter(tag.octets);
	const fields = outer.enter(tag.sequence);
	outer.expectEnd();
	const security = {
		engineID: shortBytes(fields),
		boots: fields.integer(),
		time: fields.integer(),
		user: shortBytes(fields),
		code: fields.bytes(tag.octets),
		salt: fields.bytes(tag.octets),
	};
	fields.expectEnd();
	return security;
}

/**
 * @param message as `readHead` gave it, behind the version
 * @throws SNMPError; SNMP_FLAGS for what cannot be together, SNMP_MODEL for another security model
 */
export function readV3Message(message: BERReader): V3Message {
	const head = message.enter(tag.sequence);
	const id = head.integer();
	const maxBytes = head.integer();
	const at = head.offset;
	const [bits = 0, ...more] = head.bytes(tag.octets);
	const model = head.integer();
	head.expectEnd();
	const encrypts = (bits & flags.priv) !== 0;
	if (id < 0 || maxBytes < leastMessageBytes || more.length > 0 || (encrypts && (bits & flags.auth) === 0))
		throw new SNMPError("SNMP_FLAGS", at, "head of a message that cannot be");
	if (model !== userSecurityModel) throw new SNMPError("SNMP_MODEL", at, "security model is not known");
	const security = readSecurity(message);
	const start = message.offset;
	const body = encrypts ? message.enter(tag.octets) : new BERReader(message.input, start, message.end);
	if (encrypts) message.expectEnd();
	return { id, maxBytes, flags: bits, model, ...security, body, encrypted: encrypts };
}

/** @param body of `V3Message`, in the clear. @throws SNMPError */
export function readScopedPDU(body: BERReader): ScopedPDU {
	const pdu = body.enter(tag.sequence);
	return { engineID: shortBytes(pdu), name: shortBytes(pdu), pdu };
}

/** Where what protects a message has to go. */
export interface Places {
	/** Offset of the code. */
	code: number;
	/** Bounds of what is encrypted. */
	start: number;
	end: number;
}

/** @param parts `code` gives room for the code, zeros. @throws SNMPError SNMP_FULL */
export function writeV3Message(
	writer: BERWriter,
	parts: Omit<V3Message, "model" | "body" | "encrypted">,
	context: Pick<ScopedPDU, "engineID" | "name">,
	pdu: () => void,
): Places {
	const message = writer.open(tag.sequence);
	writer.integer(tag.integer, version.v3);
	const head = writer.open(tag.sequence);
	writer.integer(tag.integer, parts.id);
	writer.integer(tag.integer, parts.maxBytes);
	writer.bytes(tag.octets, Uint8Array.of(parts.flags));
	writer.integer(tag.integer, userSecurityModel);
	writer.close(head);
	const code = writeSecurity(writer, parts);
	const encrypted = (parts.flags & flags.priv) !== 0 ? writer.open(tag.octets) : undefined;
	const start = writer.offset;
	const scoped = writer.open(tag.sequence);
	writer.bytes(tag.octets, context.engineID);
	writer.bytes(tag.octets, context.name);
	pdu();
	writer.close(scoped);
	const end = writer.offset;
	if (encrypted !== undefined) writer.close(encrypted);
	writer.close(message);
	return { code, start, end };
}

/** @returns offset of the code */
function writeSecurity(writer: BERWriter, parts: Omit<V3Message, "model" | "body" | "encrypted">): number {
	const outer = writer.open(tag.octets);
	const fields = writer.open(tag.sequence);
	writer.bytes(tag.octets, parts.engineID);
	writer.integer(tag.integer, parts.boots);
	writer.integer(tag.integer, parts.time);
	writer.bytes(tag.octets, parts.user);
	const code = writer.bytes(tag.octets, parts.code);
	writer.bytes(tag.octets, parts.salt);
	writer.close(fields);
	writer.close(outer);
	return code;
}
