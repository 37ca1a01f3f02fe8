// SPDX-License-Identifier: Apache-2.0
//
// Requests and answers of SNMP as lines for people: names of objects, and of values only what is no secret. No community and no key is
// here to be shown. Made only while somebody looks.

import { decodeLatin1 } from "../bytes/text.js";
import type { DebugPort } from "../debug/port.js";
import { withoutCredentials } from "../debug/redact.js";
import { SNMPError } from "./error.js";
import { readCommunityMessage, readHead, version } from "./message.js";
import { errorStatus, pduType, readPDU, type Binding, type PDU } from "./pdu.js";
import { readScopedPDU, readV3Message } from "./v3-message.js";

/** Bindings of a message that are told. */
const most = 16;
/** Characters of a value. */
const mostCharacters = 48;

function nameOf(table: Readonly<Record<string, number>>, value: number): string {
	return Object.keys(table).find((name) => table[name] === value) ?? String(value);
}

/** @param texts whether they may be shown: what is written may be a password, what is read has its secrets obscured */
function valueText({ value }: Binding, texts: boolean): string {
	if (value === undefined) return "";
	if (typeof value === "number") return ` = ${value}`;
	if (!(value instanceof Uint8Array)) return ` = ${value.join(".")}`;
	if (!texts) return ` = (${value.length} bytes)`;
	const text = withoutCredentials(decodeLatin1(value));
	return ` = "${text.slice(0, mostCharacters)}${text.length > mostCharacters ? "..." : ""}"`;
}

function tellBindings(line: (text: string) => void, mark: string, { bindings }: PDU, texts: boolean): void {
	for (const binding of bindings.slice(0, most)) line(`${mark}   ${binding.oid.join(".")}${valueText(binding, texts)}`);
	if (bindings.length > most) line(`${mark}   (${bindings.length - most} more)`);
}

/** @param who who asks: never a community */
export function tellRequest(line: (text: string) => void, who: string, pdu: PDU): void {
	const { type, requestId, status, index } = pdu;
	const bulk = type === pduType.getBulk ? `, non-repeaters ${status}, repetitions ${index}` : "";
	line(`< ${who} ${nameOf(pduType, type)} ${requestId}${bulk}`);
	tellBindings(line, "<", pdu, false);
}

/** @param bytes a message of ours, not encrypted yet */
function readAnswer(bytes: Uint8Array): PDU {
	const head = readHead(bytes);
	if (head.version !== version.v3) return readCommunityMessage(head.version, head.body).pdu;
	return readPDU(readScopedPDU(readV3Message(head.body).body).pdu);
}

/** @param bytes the answer, not encrypted yet; `undefined` for none @param request what it answers */
export function tellAnswer(debug: DebugPort | undefined, bytes: Uint8Array | undefined, request: PDU): void {
	const line = debug?.line;
	if (line === undefined) return;
	if (bytes === undefined) return line(": not answered");
	try {
		const pdu = readAnswer(bytes);
		const place = pdu.index > 0 ? ` at binding ${pdu.index}` : "";
		line(`> response ${pdu.requestId}: ${nameOf(errorStatus, pdu.status)}${place}, ${bytes.length} bytes`);
		tellBindings(line, ">", pdu, request.type !== pduType.set && pdu.status === errorStatus.noError);
	} catch (error) {
		if (!(error instanceof SNMPError)) throw error;
		line(`> response: ${error.code}`);
	}
}
