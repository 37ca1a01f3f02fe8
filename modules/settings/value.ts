// SPDX-License-Identifier: Apache-2.0
//
// Text to value, by the parameter's type: the whole text must fit, nothing is repaired.

import { encodeUTF8 } from "../bytes/text.js";
import { splitList } from "../ini/list.js";
import { SettingsError } from "./error.js";
import type { Parameter, Value } from "./parameter.js";
import { hideCredentials, urlFault } from "./url.js";

/** Longest part of a refused value that an error quotes. */
const QUOTED = 32;

/** What stands for a secret where it is not shown. */
const hidden = "***";
/** How devices of the original obscure passwords; how they do it is not known. */
const obscured = "$1$";

function refuse(parameter: Parameter, code: string, expected: string, found?: string): SettingsError {
	const quotes = found !== undefined && parameter.secret !== true && parameter.type !== "url";
	const shown = quotes ? `, found "${found.length > QUOTED ? `${found.slice(0, QUOTED)}...` : found}"` : "";
	return new SettingsError(code, `${parameter.name}: expected ${expected}${shown}`, { parameter: parameter.name });
}

function parseNumber(parameter: Parameter, text: string): number {
	const { min, max, unit } = parameter;
	const range = `${min} to ${max}${unit === "" ? "" : ` ${unit}`}`;
	if (!/^-?[0-9]{1,15}$/.test(text)) throw refuse(parameter, "SETTINGS_TYPE", `a whole number, ${range}`, text);
	const value = Number(text) + 0; // -0 becomes 0
	if (value < min || value > max) throw refuse(parameter, "SETTINGS_RANGE", range, text);
	if (parameter.values?.includes(value) === false)
		throw refuse(parameter, "SETTINGS_RANGE", `one of ${parameter.values.join(", ")}`, text);
	return value;
}

function checkText(parameter: Parameter, text: string): void {
	const length = encodeUTF8(text).length;
	if (length > parameter.maxBytes) {
		throw refuse(parameter, "SETTINGS_LENGTH", `at most ${parameter.maxBytes} bytes, found ${length}`);
	}
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code < 0x20 || code === 0x7f) throw refuse(parameter, "SETTINGS_CHARACTER", "no control characters");
	}
	if (parameter.secret === true && (text === hidden || text.startsWith(obscured)))
		throw refuse(parameter, "SETTINGS_OBSCURED", "plain text: this stands for a secret of another gateway");
	// With both kinds of quotes only a bare value can be written to an ini.
	if (text.includes("'") && text.includes('"') && (/^['"\s]|\s$/.test(text) || text.includes("\ufffd")))
		throw refuse(parameter, "SETTINGS_CHARACTER", "text that can be written to an ini file");
}

function checkAscii(parameter: Parameter, text: string): void {
	for (let i = 0; i < text.length; i++) {
		if (text.charCodeAt(i) > 0x7e) throw refuse(parameter, "SETTINGS_CHARACTER", "ASCII characters only");
	}
}

function checkTime(parameter: Parameter, text: string): void {
	if (!/^[0-9]{2}:[0-9]{2}$/.test(text)) throw refuse(parameter, "SETTINGS_TYPE", "HH:MM", text);
	const fits = Number(text.slice(0, 2)) < 24 && Number(text.slice(3)) < 60;
	if (!fits) throw refuse(parameter, "SETTINGS_RANGE", "00:00 to 23:59", text);
}

function parseWord(parameter: Parameter, text: string): string {
	const word = text.toLowerCase();
	const { words } = parameter;
	if (words?.includes(word) === false) throw refuse(parameter, "SETTINGS_RANGE", `one of ${words.join(", ")}`, text);
	return word;
}

/** The items of a list, with a comma between them and nothing else. */
function parseList(parameter: Parameter, text: string): string {
	const items = splitList(text).filter((item) => item !== "");
	for (const item of items) {
		if (!/^[A-Za-z0-9._+-]+$/.test(item)) throw refuse(parameter, "SETTINGS_CHARACTER", "words and commas", item);
	}
	return items.map((item) => parseWord(parameter, item)).join(",");
}

/**
 * @param text as it stands in an ini file, between its quotes, or as typed
 * @returns a number for `boolean` and `integer`, the text for all other types
 * @throws SettingsError SETTINGS_TYPE, SETTINGS_RANGE, SETTINGS_LENGTH, SETTINGS_CHARACTER, SETTINGS_URL, SETTINGS_OBSCURED
 */
export function parseValue(parameter: Parameter, text: string): Value {
	if (parameter.type === "boolean" || parameter.type === "integer") return parseNumber(parameter, text);
	checkText(parameter, text);
	if (text === "") return parameter.type === "keyword" ? parameter.fallback : text;
	switch (parameter.type) {
		case "string":
			break;
		case "user-agent":
			checkAscii(parameter, text);
			break;
		case "time":
			checkTime(parameter, text);
			break;
		case "host":
			if (!/^[A-Za-z0-9._:-]+$/.test(text)) throw refuse(parameter, "SETTINGS_TYPE", "a name or an address", text);
			break;
		case "keyword":
			return parseWord(parameter, text);
		case "list":
			return parseList(parameter, text);
		case "url": {
			const expected = urlFault(text);
			if (expected !== undefined) throw refuse(parameter, "SETTINGS_URL", expected);
			break;
		}
		default: {
			const other: never = parameter.type;
			throw new Error(`parameter type ${String(other)}`);
		}
	}
	return text;
}

/**
 * Text of an ini in which a secret may stand hidden, as an export of ours writes it: the value in force is meant then.
 * @throws SettingsError SETTINGS_OBSCURED where that cannot be
 */
export function resolveHidden(parameter: Parameter, text: string, current: Value): string {
	if (parameter.type === "url") {
		if (!text.includes("://***@")) return text;
		if (hideCredentials(String(current)) === text) return String(current);
		throw refuse(parameter, "SETTINGS_OBSCURED", "a URL whose credentials are not hidden: the one in force is another");
	}
	if (parameter.secret !== true) return text;
	return text === hidden && current !== "" ? String(current) : text;
}

/** The value for people: secrets and the credentials of URLs are asterisks. */
export function describeValue(parameter: Parameter, value: Value): string {
	if (value === "") return "";
	if (parameter.secret === true) return hidden;
	return parameter.type === "url" ? hideCredentials(String(value)) : String(value);
}
