// SPDX-License-Identifier: Apache-2.0
//
// What a syslog message says of an event: severity, kind, its fields as structured data, and the console's line for people.
// Syslog goes over the network in clear: of a URL neither credentials (gone before) nor the query are told.

import { eventText } from "../update/event-text.js";
import type { StampedRecord } from "../update/events.js";
import type { Severity } from "./message.js";

export type EventRecord = StampedRecord;

export interface EventMessage {
	severity: Severity;
	/** MSGID. */
	id: string;
	parameters: [string, string][];
	text: string;
}

/** Fields that the header has, or the text. */
const elsewhere: readonly string[] = Object.freeze(["event", "time", "ticks", "reason", "warning", "text"]);
/** Characters of one value. */
const maxValue = 160;

const bad: readonly string[] = Object.freeze(["panic", "watchdog", "brownout"]);

const byResult: Readonly<Record<string, Severity>> = Object.freeze({
	refused: "error",
	"rolled-back": "error",
	failed: "warning",
	applied: "notice",
	installed: "notice",
	updated: "notice",
	held: "notice",
	confirmed: "notice",
	done: "notice",
});

function severityOf(record: EventRecord): Severity {
	switch (record.event) {
		case "boot":
			return bad.includes(record.reason) ? "error" : "notice";
		case "request":
			return record.error !== undefined || record.status >= 400 ? "warning" : "info";
		case "tls":
		case "signature":
			return record.verified ? "info" : "warning";
		case "file":
		case "firmware":
		case "verdict":
			return byResult[record.result] ?? "info";
		case "restart":
		case "notice":
			return "notice";
		case "certificate":
			return "warning";
		default:
			return "info";
	}
}

function withoutQuery(url: string): string {
	const end = url.indexOf("?");
	return end < 0 ? url : url.slice(0, end);
}

/** @returns never a secret, as events hold none */
export function describeEvent(record: EventRecord): EventMessage {
	const shown = record.event === "request" ? { ...record, url: withoutQuery(record.url) } : record;
	const parameters: [string, string][] = [];
	for (const [name, value] of Object.entries(shown)) {
		if (elsewhere.includes(name) || value === null || typeof value === "object") continue;
		parameters.push([name, String(value).slice(0, maxValue)]);
	}
	return { severity: severityOf(record), id: record.event, parameters, text: eventText(shown) };
}
