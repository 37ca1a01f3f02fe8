// SPDX-License-Identifier: Apache-2.0
//
// What a request gets before it is asked who sent it: methods, schemes, extensions, bodies, events. In the order of RFC 3261 section 8.2;
// RFC 6665 section 4.1.3 for NOTIFY. Pure.

import type { SIPRequest } from "./request.js";
import type { Answer } from "./response.js";
import { parameterValue } from "./scanner.js";

export interface Refusal {
	answer: Answer;
	/** Stable word for counters and events. */
	reason: string;
}

const allow = "Allow: NOTIFY, OPTIONS";
const allowEvents = "Allow-Events: check-sync";

/** Of RFC 3261 and its extensions: known, and not for a gateway that only listens (section 21.4.6). */
const otherMethods: readonly string[] = Object.freeze([
	...["INFO", "INVITE", "MESSAGE", "PRACK", "PUBLISH", "REFER", "REGISTER", "SUBSCRIBE", "UPDATE"],
]);

/** Bodies of a NOTIFY that are passed over: senders put texts there which say nothing more. */
const bodyTypes: readonly string[] = Object.freeze(["text/plain", "message/sipfrag"]);

function refuse(reason: string, status: number, ...fields: string[]): Refusal {
	return { reason, answer: { status, fields } };
}

/** RFC 3261 section 8.2.1. */
function judgeMethod(method: string): Refusal | undefined {
	if (method === "NOTIFY" || method === "OPTIONS") return undefined;
	// There is no dialog, and no INVITE that could be cancelled.
	if (method === "CANCEL" || method === "BYE") return refuse("dialog", 481);
	return otherMethods.includes(method) ? refuse("method", 405, allow) : refuse("method", 501, allow);
}

/** RFC 3261 sections 8.2.2 and 8.2.3. */
function judgeContent(request: SIPRequest): Refusal | undefined {
	const { require, bodyLength, contentEncodings, contentType = "", bodyIsOptional, method } = request;
	if (require.length > 0) return refuse("extension", 420, `Unsupported: ${require.join(", ")}`);
	if (bodyLength === 0 || bodyIsOptional || method !== "NOTIFY") return undefined;
	if (contentEncodings.some((coding) => coding !== "identity")) return refuse("body", 415, "Accept-Encoding: identity");
	return bodyTypes.includes(contentType) ? undefined : refuse("body", 415, `Accept: ${bodyTypes.join(", ")}`);
}

function judgeNotify({ to, event }: SIPRequest): Refusal | undefined {
	if (to.tag !== undefined) return refuse("dialog", 481);
	return event?.type === "check-sync" ? undefined : refuse("event", 489, allowEvents);
}

/** @returns why the request is not even considered; `undefined` for an OPTIONS and a NOTIFY of ours */
export function judgeRequest(request: SIPRequest): Refusal | undefined {
	const { scheme, method, to } = request;
	const refusal = judgeMethod(method);
	if (refusal !== undefined) return refusal;
	if (scheme !== "sip" && scheme !== "sips") return refuse("scheme", 416);
	if (method === "OPTIONS" && to.tag !== undefined) return refuse("dialog", 481);
	return judgeContent(request) ?? (method === "NOTIFY" ? judgeNotify(request) : undefined);
}

/** RFC 3261 section 11.2. */
export const optionsAnswer: Answer = Object.freeze({
	status: 200,
	fields: Object.freeze([
		allow,
		allowEvents,
		`Accept: ${bodyTypes.join(", ")}`,
		"Accept-Encoding: identity",
		"Supported:",
	]),
});

/** While NOTIFY is switched off. */
export const disabled: Refusal = Object.freeze({
	reason: "disabled",
	answer: Object.freeze({ status: 405, fields: Object.freeze(["Allow: OPTIONS"]) }),
});

/** @returns whether a restart is asked for even if nothing is new; `undefined` for a value that means neither */
export function wantsRestart({ event }: SIPRequest): boolean | undefined {
	const text = parameterValue(event?.parameters ?? [], "reboot")?.toLowerCase();
	if (text === undefined || text === "false") return false;
	return text === "true" ? true : undefined;
}
