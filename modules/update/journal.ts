// SPDX-License-Identifier: Apache-2.0
//
// The journal of a firmware download: how much of which file certainly lies in the idle slot, so that a download that broke goes
// on from there. One small store record, as there is one idle slot. It only saves work: whether the slot's content and
// the rest that the server sends are one file is proved by hash and signature of the whole image.
// Source: RFC 9110 sections 13.1.5 and 14.2.

import { encodeUTF8 } from "../bytes/text.js";
import type { RecordChange, RecordStore } from "./interfaces.js";
import { hashURL, readJSON } from "./records.js";

const record = "upd.resume";

export interface PartialDownload {
	/** The slot it lies in. */
	slot: 0 | 1;
	/** What If-Range names: strong ETag, or Last-Modified, as sent. */
	validator: string;
	/** Last-Modified, else Date of the response that began it, as IMF-fixdate; `dated`: it is the Date. */
	modified: string;
	dated: boolean;
	/** Length of the whole file, bytes. */
	total: number;
	/** Bytes from the start that lie in the slot: whole blocks, 0 < stored < total. */
	stored: number;
}

function isCount(value: unknown): value is number {
	return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}

export class DownloadJournal {
	readonly #store: RecordStore;
	/** The last URL and what it is known by: of one download there are many notes. */
	#url: string | undefined;
	#id = "";

	constructor(store: RecordStore) {
		this.#store = store;
	}

	/** @returns what is left in `slot` of a download from exactly this URL */
	find(url: string, slot: 0 | 1): PartialDownload | undefined {
		const value = readJSON(this.#store, record) as Partial<Record<string, unknown>> | null | undefined;
		if (typeof value !== "object" || value === null) return undefined;
		const { id, validator, modified, dated, total, stored } = value;
		if (id !== this.idOf(url) || value.slot !== slot) return undefined;
		if (typeof validator !== "string" || typeof modified !== "string" || typeof dated !== "boolean") return undefined;
		if (!isCount(total) || !isCount(stored) || stored >= total) return undefined;
		return { slot, validator, modified, dated, total, stored };
	}

	/** What is left of a download from anywhere. */
	get unfinished(): Pick<PartialDownload, "slot" | "stored"> | undefined {
		const { slot, stored } = (readJSON(this.#store, record) ?? {}) as Partial<Record<string, unknown>>;
		return (slot === 0 || slot === 1) && isCount(stored) ? { slot, stored } : undefined;
	}

	/** The change that notes it, in the place of what was noted before. */
	change(url: string, part: PartialDownload): RecordChange {
		return { name: record, value: encodeUTF8(JSON.stringify({ id: this.idOf(url), ...part })) };
	}

	private idOf(url: string): string {
		if (url !== this.#url) {
			this.#url = url;
			this.#id = hashURL(url).slice(0, 32);
		}
		return this.#id;
	}

	/** The change that forgets it; none when there is nothing. */
	forget(): RecordChange[] {
		for (const name of this.#store.names()) if (name === record) return [{ name }];
		return [];
	}
}
