// SPDX-License-Identifier: Apache-2.0
//
// Events and progress as lines for a console. Leaves out time stamps: the terminal or the log has its own.

import type { UpdateRecord, Verdict } from "./events.js";
import type { Progress } from "./interfaces.js";

const fileNames: Readonly<Record<string, string>> = Object.freeze({
	ini: "configuration",
	cmp: "firmware",
	root: "trusted roots",
	device: "device certificate",
	key: "private key",
});

function fileName(file: string): string {
	return fileNames[file] ?? file;
}

/** The lines before it have told what happened to each file. */
function verdictText(result: Verdict, version: string, reason: string): string {
	const head = `automatic update: ${result.replace("-", " ")} (version ${version})`;
	return result === "nothing-new" || result === "updated" ? head : `${head}: ${reason}`;
}

function triggerText({ effect, cause, requester, restart }: Extract<UpdateRecord, { event: "trigger" }>): string {
	const who = requester === undefined ? "" : ` by ${requester}`;
	return `automatic update ${effect}: ${cause}${who}${restart === true ? ", then a restart" : ""}`;
}

function requestText({ error, status, from, url, bytes, ms }: Extract<UpdateRecord, { event: "request" }>): string {
	const start = from === undefined ? "" : ` from byte ${from} on`;
	return `GET ${url}${start}: ${error ?? `status ${status}`}, ${bytes} bytes in ${ms} ms`;
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
		case "file": {
			const code = record.code === undefined ? "" : ` (${record.code})`;
			return `${fileName(record.file)} ${record.result}: ${record.reason}${code}`;
		}
		case "flash": {
			const busy = record.busyMs === undefined ? "" : ` (a chip: ${record.busyMs} ms)`;
			return `slot ${record.slot}: ${record.bytes} bytes stored, ${record.erases} blocks erased in ${record.ms} ms${busy}`;
		}
		case "firmware": {
			const code = record.code === undefined ? "" : ` (${record.code})`;
			return `firmware ${record.action} to slot ${record.slot} ${record.result}: ${record.reason}${code}`;
		}
		case "signature":
			if (!record.verified) return "firmware signature NOT verified (AUPDVerifySignature = 0)";
			return `firmware signature verified: ${record.kind}, key ${record.key.slice(0, 16)}`;
		case "certificate":
			return `warning: ${record.warning}`;
		case "notice":
			return `${record.topic}: ${record.text}`;
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
