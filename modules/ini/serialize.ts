// SPDX-License-Identifier: Apache-2.0
//
// Writes `Name = value` lines that the reader gives back unchanged. Leaves out sections, comments and tables.

import { ParseError } from "../bytes/error.js";
import { encodeUTF8 } from "../bytes/text.js";
import { IniError } from "./error.js";
import type { IniEntry } from "./parse.js";
import { checkControls, scanEntry } from "./scan.js";

export interface SerializeOptions {
	/** `true` (default): in single quotes, or double ones where the value has a single quote; `false`: as it is. */
	quote?: boolean;
	/** Longest parameter name. Default 64. */
	maxNameBytes?: number;
}

function quoted(value: string, quote: boolean): string {
	if (!quote) return value;
	if (!value.includes("'")) return `'${value}'`;
	return value.includes('"') ? value : `"${value}"`;
}

/** The line of an entry that was read: it reads back the same. */
export function joinEntry({ name, value, form }: Pick<IniEntry, "name" | "value" | "form">): string {
	const quote = form === "single" ? "'" : form === "double" ? '"' : "";
	return `${name} = ${quote}${value}${quote}`.trimEnd();
}

/**
 * @param name as it shall stand; the reader's rules for names apply
 * @param value any text without control characters; with both kinds of quotes only where it can stand bare
 * @returns one line without a line break
 * @throws IniError INI_NAME, INI_NAME_LENGTH, INI_CONTROL, or INI_VALUE for a value that no quoting keeps
 */
export function serializeEntry(name: string, value: string, options: SerializeOptions = {}): string {
	const line =
		value === "" && options.quote === false ? `${name} =` : `${name} = ${quoted(value, options.quote ?? true)}`;
	const at = { line: 1, column: 1, offset: 0 };
	try {
		const bytes = encodeUTF8(line);
		checkControls(bytes);
		// What is written is read back: the one sure way that no value can turn into another, or into a second line.
		const back = scanEntry(bytes, options.maxNameBytes ?? 64);
		if (back.name === name && back.value === value && back.form !== "list") return line;
	} catch (error) {
		if (!(error instanceof ParseError)) throw error;
		if (!error.code.startsWith("INI_QUOTE")) throw new IniError(error.code, at, error.message);
	}
	throw new IniError("INI_VALUE", at, "value cannot be written so that it reads back the same");
}
