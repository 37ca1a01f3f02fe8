// SPDX-License-Identifier: Apache-2.0
//
// What requests and responses look like on the wire, as lines for people; nothing secret is in them. Made only while somebody looks.

import { decodeLatin1 } from "../bytes/text.js";
import type { DebugPort } from "../debug/port.js";
import { fieldText, tellHead, withoutCredentials } from "../debug/redact.js";
import { HTTPError } from "./errors.js";
import type { ResponseHead } from "./framing.js";
import { redact, type ParsedURL } from "./url.js";

/** @param head bytes of a request */
export function tellRequest(debug: DebugPort | undefined, head: Uint8Array): void {
	const line = debug?.line;
	if (line !== undefined) tellHead(line, ">", "", decodeLatin1(head));
}

export function tellResponse(debug: DebugPort | undefined, { minor, status, reason, headers }: ResponseHead): void {
	const line = debug?.line;
	if (line === undefined) return;
	line(`< HTTP/1.${minor} ${status} ${withoutCredentials(reason)}`);
	for (const [name, value] of headers.entries()) line(`<   ${fieldText(name, value)}`);
}

/** @param error why there is no response, or not all of it @param again the request is sent once more */
export function tellEnd(
	debug: DebugPort | undefined,
	error: HTTPError | undefined,
	kept: boolean,
	again: boolean,
): void {
	if (error !== undefined) {
		debug?.line?.(`: ${error.code}: ${error.message}${cause(error)}${again ? "; sent again on a new connection" : ""}`);
	} else debug?.line?.(`: response complete${kept ? ", connection kept" : ""}`);
}

function cause({ cause: inner }: HTTPError): string {
	return inner instanceof Error ? ` (${inner.message})` : "";
}

/** The session takes a response for no answer. */
export function tellRefusal(debug: DebugPort | undefined, error: unknown): void {
	if (error instanceof HTTPError) debug?.line?.(`: ${error.code}: ${error.message}`);
}

/** The session follows a redirect. @param trusted the new server is that of the first URL, and may have the credentials */
export function tellRedirect(debug: DebugPort | undefined, target: ParsedURL, trusted: boolean): void {
	debug?.line?.(`: redirect to ${withoutCredentials(redact(target))}${trusted ? "" : ", without credentials"}`);
}
