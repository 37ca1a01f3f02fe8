// SPDX-License-Identifier: Apache-2.0
//
// What is noted of an update when it comes into force, so that the next start can tell what it finds. One store record.

import { decodeUTF8, encodeUTF8 } from "../bytes/text.js";
import { fileTitle } from "./file-kinds.js";
import { type Content, isContent } from "./failures.js";

export interface TrialNote {
	/** The files that the update has brought. */
	contents: Content[];
	/** Slot of new firmware; absent when the update brought none. */
	slot?: 0 | 1;
	/** Highest otadata sequence before the boot choice changed. */
	sequence: number;
	/** A server could be asked again after the switch, so the trial needs an answer of one. */
	reachable: boolean;
	/** Trials that the power has cut short. */
	cuts: number;
}

export function buildNote(note: TrialNote): Uint8Array {
	return encodeUTF8(JSON.stringify(note));
}

/** @returns `undefined` for what is no note: then nothing is on trial */
export function parseNote(bytes: Uint8Array | undefined): TrialNote | undefined {
	if (bytes === undefined) return undefined;
	let value: unknown;
	try {
		value = JSON.parse(decodeUTF8(bytes));
	} catch {
		return undefined;
	}
	if (typeof value !== "object" || value === null) return undefined;
	const { contents, slot, sequence, reachable, cuts } = value as Partial<Record<keyof TrialNote, unknown>>;
	if (!Array.isArray(contents) || !contents.every(isContent)) return undefined;
	if (typeof sequence !== "number" || typeof reachable !== "boolean" || typeof cuts !== "number") return undefined;
	const note = { contents, sequence, reachable, cuts };
	if (slot === undefined) return note;
	return slot === 0 || slot === 1 ? { ...note, slot } : undefined;
}

/** The update for people: `version 2.0`, `the new settings`. */
export function describeNote({ contents }: TrialNote): string {
	const parts = contents.map(({ file, version }) => {
		if (file === "cmp") return `version ${version ?? "?"}`;
		return file === "ini" ? "the new settings" : `the new ${fileTitle(file)}`;
	});
	return parts.join(", ");
}
