// SPDX-License-Identifier: Apache-2.0
//
// Events and progress as lines for a console. Leaves out time stamps: the terminal or the log has its own.

import type { UpdateRecord, Verdict } from "./events.js";
import { fileTitle } from "./file-kinds.js";
import type { Progress } from "./interfaces.js";

/** The lines before it have told what happened to each file. */
function verdictText(result: Verdict, version: string, reason: string): string {
	const head = `automatic update: ${result.split("-").join(" ")} (version ${version})`;
	return result === "nothing-new" || result === "updated" ? head : `${head}: ${reason}`;
}

function codeText({ code }: { code?: string }): string {
	return code === undefined ? "" : ` (${code})`;
}

function requestText({ error, status, from, url, bytes, ms }: Extract<UpdateRecord, { event: "request" }>): string {
	const start = from === undefined ? "" : ` from byte ${from} on`;
	return `GET ${url}${start}: ${error ?? `status ${status}`}, ${bytes} bytes in ${ms} ms`;
}

function crashesText(count: number, waitMs: number): string {
	const wait = `the automatic update waits ${waitMs / 1000} s; the command update starts it now`;
	return `warning: ${count} crashes and no update over since: ${wait}`;
}

function triggerText({ effect, cause, requester, restart }: Extract<UpdateRecord, { event: "trigger" }>): string {
	const who = requester === undefined ? "" : ` by ${requester}`;
	return `automatic update ${effect}: ${cause}${who}${restart === true ? ", then a restart" : ""}`;
}

function signatureText(record: Extract<UpdateRecord, { event: "signature" }>): string {
	if (!record.verified) return "firmware signature NOT verified (AUPDVerifySignature = 0)";
	return `firmware signature verified: ${record.kind}, key ${record.key.slice(0, 16)}`;
}

function sipText({
	transport,
	address,
	result,
	status,
	reason,
	left,
}: Extract<UpdateRecord, { event: "sip" }>): string {
	const others = left === undefined ? "" : ` (${left} more not shown)`;
	return `SIP ${transport} from ${address}: ${result}, ${status} ${reason}${others}`;
}

/** @returns one line, without a line end */
export function eventText(record: UpdateRecord): string {
	switch (record.event) {
		case "boot":
			return `${record.model} ${record.version}, slot ${record.slot} (${record.state}), started after ${record.reason}`;
		case "trigger":
			return triggerText(record);
		case "request":
			return requestText(record);
		case "tls": {
			const proof = record.verified ? "certificate verified" : "certificate NOT verified (AUPDVerifyCertificates = 0)";
			return `${record.host}: ${record.version}, ${record.suite}, ${proof}`;
		}
		case "file":
			return `${fileTitle(record.file)} ${record.result}: ${record.reason}${codeText(record)}`;
		case "flash": {
			const busy = record.busyMs === undefined ? "" : ` (a chip: ${record.busyMs} ms)`;
			return `slot ${record.slot}: ${record.bytes} bytes stored, ${record.erases} blocks erased in ${record.ms} ms${busy}`;
		}
		case "firmware":
			return `firmware ${record.action} to slot ${record.slot} ${record.result}: ${record.reason}${codeText(record)}`;
		case "signature":
			return signatureText(record);
		case "sip":
			return sipText(record);
		case "certificate":
			return `warning: ${record.warning}`;
		case "lines":
			return `lines: ${record.reason}${record.busy === 0 ? "" : ` (${record.busy} in a call)`}`;
		case "notice":
			return `${record.topic}: ${record.text}`;
		case "crashes":
			return crashesText(record.count, record.waitMs);
		case "restart":
			return `restart: ${record.reason}`;
		case "verdict":
			return verdictText(record.result, record.version, record.reason);
		default:
			return record satisfies never;
	}
}

/** A progress bar's content. */
export interface BarText {
	label: string;
	done: number;
	/** 0 when not known. */
	total: number;
}

/** One bar for download and flash, which go on at the same time: the download, with what is stored beside it. */
export class ProgressText {
	#stored = 0;

	/** @returns what to draw; `undefined` when there is nothing new, or the file is too small to be worth a bar */
	take(progress: Progress): BarText | undefined {
		const { file, phase, done, total = 0 } = progress;
		if (file !== "cmp") return undefined;
		if (phase === "download") return { label: `download, ${Math.floor(this.#stored / 1024)} KB in flash`, done, total };
		this.#stored = done;
		return done === total ? { label: "flash written", done, total } : undefined;
	}
}
