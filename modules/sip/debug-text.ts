// SPDX-License-Identifier: Apache-2.0
//
// SIP messages as lines for people; nothing secret is in them. Made only while somebody looks.

import type { DebugPort } from "../debug/port.js";
import { tellHead } from "../debug/redact.js";
import type { Message } from "./framing.js";
import type { Peer } from "./response.js";
import { latin1 } from "./text.js";

/** Line ends, and zeros, that may stand before a message. */
function startOf(bytes: Uint8Array): number {
	let start = 0;
	while (start < bytes.length && (bytes[start] === 0 || bytes[start] === 0x0d || bytes[start] === 0x0a)) start++;
	return start;
}

export function tellReceived(debug: DebugPort | undefined, { head, bodyLength }: Message, peer: Peer): void {
	const line = debug?.line;
	if (line === undefined) return;
	const { bytes, end } = head;
	const text = latin1(bytes, startOf(bytes), end);
	// What is no start line may be anything, a field with a password too.
	const known = head.line.kind === "none" ? `(no start line)${text.slice(text.indexOf("\r\n"))}` : text;
	tellHead(line, "<", `${peer.transport} ${peer.address} port ${peer.port}`, known);
	if (bodyLength > 0) line(`<   (body of ${bodyLength} bytes)`);
}

/** @param result what became of it @param reason a word or code, may be empty @param answer bytes of the response, if there is one */
export function tellDecision(
	debug: DebugPort | undefined,
	result: string,
	reason: string,
	answer: Uint8Array | undefined,
): void {
	const line = debug?.line;
	if (line === undefined) return;
	line(`: ${result}${reason === "" ? "" : `: ${reason}`}${answer === undefined ? "; nobody can be answered" : ""}`);
	if (answer !== undefined) tellHead(line, ">", "", latin1(answer, 0, answer.length));
}
