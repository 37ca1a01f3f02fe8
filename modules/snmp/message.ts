// SPDX-License-Identifier: Apache-2.0
//
// Messages of SNMPv1 and v2c, and the head that all versions share. Sources: RFC 1157 section 4, RFC 1901 section 3.

import { BERReader, tag } from "./ber.js";
import type { BERWriter } from "./ber-writer.js";
import { SNMPError } from "./error.js";
import { readPDU, type PDU } from "./pdu.js";

export const version = Object.freeze({ v1: 0, v2c: 1, v3: 3 } as const);

export interface CommunityMessage {
	version: number;
	community: Uint8Array;
	pdu: PDU;
}

/**
 * Reads as far as the version.
 * @returns the version, and a reader of what follows it
 * @throws SNMPError; SNMP_VERSION for another than 1, 2c and 3
 */
export function readHead(datagram: Uint8Array): { version: number; body: BERReader } {
	const outer = new BERReader(datagram);
	const body = outer.enter(tag.sequence);
	outer.expectEnd();
	const offset = body.offset;
	const found = body.integer();
	const known: readonly number[] = Object.values(version);
	if (!known.includes(found)) throw new SNMPError("SNMP_VERSION", offset, "version is not 1, 2c or 3");
	return { version: found, body };
}

/** @param body as `readHead` gave it. @throws SNMPError */
export function readCommunityMessage(found: number, body: BERReader): CommunityMessage {
	const community = body.bytes(tag.octets);
	const pdu = readPDU(body);
	body.expectEnd();
	return { version: found, community, pdu };
}

/** @param pdu writes the PDU. @throws SNMPError SNMP_FULL */
export function writeCommunityMessage(
	writer: BERWriter,
	{ version: used, community }: Pick<CommunityMessage, "version" | "community">,
	pdu: () => void,
): void {
	const message = writer.open(tag.sequence);
	writer.integer(tag.integer, used);
	writer.bytes(tag.octets, community);
	pdu();
	writer.close(message);
}
