// SPDX-License-Identifier: Apache-2.0
//
// Content that was on trial and failed, by hash: it is not tried again until a server offers something else. Firmware has
// failed for good; other files have failed under the firmware that refuses them, and other firmware may take them.

import { encodeUTF8 } from "../bytes/text.js";
import type { RecordChange, RecordStore } from "./interfaces.js";
import { readJSON } from "./records.js";

const record = "upd.failed";
const maxFailures = 20;

/** One file that an update has brought. */
export interface Content {
	/** What it is, as the plan calls it: `ini`, `cmp`, `root`... */
	file: string;
	/** SHA-256 of the whole file, hexadecimal. */
	sha256: string;
	/** Of firmware: its version. */
	version?: string;
	/** Of firmware: SHA-256 of what stands before the program, hexadecimal. */
	head?: string;
}

interface Failure extends Content {
	/** Version that ran when the trial was over. */
	under: string;
}

export function isContent(value: unknown): value is Content {
	if (typeof value !== "object" || value === null) return false;
	const { file, sha256, version, head } = value as Partial<Record<keyof Content, unknown>>;
	if (typeof file !== "string" || typeof sha256 !== "string") return false;
	return [version, head].every((field) => field === undefined || typeof field === "string");
}

function isFailure(value: unknown): value is Failure {
	return isContent(value) && typeof (value as Partial<Failure>).under === "string";
}

export class Failures {
	readonly #store: RecordStore;
	readonly #running: string;

	/** @param running version of the running firmware */
	constructor(store: RecordStore, running: string) {
		this.#store = store;
		this.#running = running;
	}

	/** Whether a file has failed; `sha256` of all of it. */
	has(file: string, sha256: string): boolean {
		return this.list().some((failure) => {
			return failure.file === file && failure.sha256 === sha256 && (file === "cmp" || failure.under === this.#running);
		});
	}

	/** The same for firmware by what stands before the program, so that it is known before the first erase. */
	hasHead(head: string): boolean {
		return this.list().some((failure) => failure.head === head);
	}

	/** The change that remembers these files; the oldest are forgotten beyond a bound. */
	remember(contents: readonly Content[]): RecordChange {
		const fresh = contents.map((content): Failure => ({ ...content, under: this.#running }));
		const others = this.list().filter(({ file, sha256 }) => !this.names(contents, file, sha256));
		return { name: record, value: encodeUTF8(JSON.stringify([...others, ...fresh].slice(-maxFailures))) };
	}

	private names(contents: readonly Content[], file: string, sha256: string): boolean {
		return contents.some((content) => content.file === file && content.sha256 === sha256);
	}

	private list(): Failure[] {
		const value = readJSON(this.#store, record);
		return Array.isArray(value) ? value.filter(isFailure) : [];
	}
}
