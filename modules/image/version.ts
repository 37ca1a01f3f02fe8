// SPDX-License-Identifier: Apache-2.0
//
// Order of firmware versions: fields between dots, each a number with letters after it ("7.00.200.001", "6.60A.317").
// Numbers compare as numbers, then letters as text without case; a missing field counts as 0.
// Leaves out semantic-versioning suffixes ("-rc.1") and a leading "v": such a text is an error, not a guess.

import { ImageError } from "./error.js";

export interface VersionField {
	number: number;
	/** Upper case, may be empty. */
	letters: string;
}

/** Longest version text: the field of esp_app_desc_t less its final NUL. */
const MAX_CHARACTERS = 31;
const MAX_DIGITS = 9;

function isDigit(code: number): boolean {
	return code >= 0x30 && code <= 0x39;
}

function isLetter(code: number): boolean {
	const lower = code | 0x20;
	return lower >= 0x61 && lower <= 0x7a;
}

/**
 * @param text 1 to 31 characters
 * @returns one entry a field
 * @throws ImageError IMAGE_VERSION with the offset of the first character that does not fit
 */
export function parseVersion(text: string): VersionField[] {
	if (text.length > MAX_CHARACTERS) {
		throw new ImageError("IMAGE_VERSION", MAX_CHARACTERS, `version longer than ${MAX_CHARACTERS} characters`);
	}
	const fields: VersionField[] = [];
	let at = 0;
	for (;;) {
		const start = at;
		while (at < text.length && isDigit(text.charCodeAt(at))) at++;
		if (at === start) throw new ImageError("IMAGE_VERSION", at, "digit wanted in version");
		if (at - start > MAX_DIGITS) throw new ImageError("IMAGE_VERSION", start, `more than ${MAX_DIGITS} digits`);
		const letters = at;
		while (at < text.length && isLetter(text.charCodeAt(at))) at++;
		fields.push({ number: Number(text.slice(start, letters)), letters: text.slice(letters, at).toUpperCase() });
		if (at === text.length) return fields;
		if (text[at] !== ".") throw new ImageError("IMAGE_VERSION", at, "dot wanted in version");
		at++;
	}
}

function compareFields(a: VersionField | undefined, b: VersionField | undefined): -1 | 0 | 1 {
	const first = a ?? { number: 0, letters: "" };
	const second = b ?? { number: 0, letters: "" };
	if (first.number !== second.number) return first.number < second.number ? -1 : 1;
	if (first.letters !== second.letters) return first.letters < second.letters ? -1 : 1;
	return 0;
}

/**
 * @returns -1 when `a` is older than `b`, 0 when they are equal, 1 when `a` is newer
 * @throws ImageError IMAGE_VERSION when either is no version
 */
export function compareVersions(a: string, b: string): -1 | 0 | 1 {
	const first = parseVersion(a);
	const second = parseVersion(b);
	const count = Math.max(first.length, second.length);
	for (let i = 0; i < count; i++) {
		const order = compareFields(first[i], second[i]);
		if (order !== 0) return order;
	}
	return 0;
}
