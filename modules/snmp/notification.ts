// SPDX-License-Identifier: Apache-2.0
//
// What is told to managers without being asked, and its variables, in the original's shape.
// Sources: RFC 3416 section 4.2.6 (trap, inform), RFC 3418 (coldStart), AcBoard (acBoardTrapGlobals, notifications).

import { tag } from "./ber.js";
import type { AgentContext } from "./context.js";
import { boardPart, enterprise, mib2, snmpV2 } from "./objects/numbers.js";
import type { Binding } from "./pdu.js";

export type NotificationKind = "cold-start" | "started" | "resetting" | "download-result";

/** acBoardTrapGlobalsSeverity. */
export const severity = Object.freeze({ cleared: 0, indeterminate: 1, warning: 2, minor: 3, major: 4 } as const);

export interface Notification {
	kind: NotificationKind;
	/** At most 200 bytes are sent. */
	description: string;
	severity: number;
	/** For the result of a download: answer of the server, and where it was asked for. */
	status?: number;
	url?: string;
}

/** A notification with the moment it speaks of. */
export interface Told {
	notification: Notification;
	number: number;
	upTime: number;
	/** Milliseconds since 1970, `undefined` without a clock. */
	time: number | undefined;
}

const textBytes = 200;
const board = [...enterprise, ...boardPart, 21];
const identifiers: Readonly<Record<NotificationKind, readonly number[]>> = Object.freeze({
	"cold-start": [...snmpV2, 1, 1, 5, 1],
	started: [...board, 2, 0, 4],
	resetting: [...board, 2, 0, 5],
	"download-result": [...board, 2, 0, 28],
});
/** ITU-T X.733: 2 communications, 10 equipment; probable cause 8 communications subsystem failure, 0 other. */
const eventType = 0;

/** RFC 2579, DateAndTime in UTC. */
function dateAndTime(ms: number): Uint8Array {
	const date = new Date(ms);
	const year = date.getUTCFullYear();
	const rest = [date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCHours(), date.getUTCMinutes()];
	return Uint8Array.of(year >> 8, year & 0xff, ...rest, date.getUTCSeconds(), 0, 0x2b, 0, 0);
}

/** @returns what a trap or an inform carries */
export function bindingsOf({ notification, number, upTime, time }: Told, { text, ports }: AgentContext): Binding[] {
	const { kind, description, severity: grade, status, url } = notification;
	const bindings: Binding[] = [
		{ oid: [...mib2, 1, 3, 0], tag: tag.ticks, value: upTime },
		{ oid: [...snmpV2, 1, 1, 4, 1, 0], tag: tag.oid, value: identifiers[kind] },
	];
	if (kind === "cold-start") return bindings;
	const add = (id: number, kindOf: number, value: Binding["value"]): void => {
		bindings.push({ oid: [...board, 1, id, 0], tag: kindOf, value });
	};
	const addText = (id: number, value: string): void => add(id, tag.octets, text(value).slice(0, textBytes));
	addText(1, kind);
	addText(2, description);
	addText(3, ports.settings.text("HostName"));
	add(4, tag.integer, grade);
	add(5, tag.integer, number);
	add(6, tag.integer, eventType);
	add(7, tag.integer, 0);
	addText(8, status === undefined ? "" : `HTTP ${status}`);
	addText(9, url ?? "");
	addText(10, ports.board.application.version);
	add(11, tag.octets, time === undefined ? new Uint8Array(8) : dateAndTime(time));
	return bindings;
}
