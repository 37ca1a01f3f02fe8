// SPDX-License-Identifier: Apache-2.0
//
// A command line to words: separated by spaces; single or double quotes keep spaces; a backslash before a quote or a
// backslash inside double quotes takes it as it is.

import { CommandError } from "./error.js";

export interface Word {
	text: string;
	/** Column of its first character, from 0. */
	column: number;
}

function quoted(line: string, start: number): { text: string; next: number } {
	const quote = line[start];
	let text = "";
	for (let i = start + 1; i < line.length; i++) {
		const c = line[i];
		if (c === quote) return { text, next: i + 1 };
		if (c === "\\" && quote === '"' && (line[i + 1] === '"' || line[i + 1] === "\\")) text += line[++i];
		else text += c;
	}
	throw new CommandError("CONSOLE_QUOTE", `no closing ${quote}`, start);
}

/** @throws CommandError CONSOLE_QUOTE */
export function splitWords(line: string): Word[] {
	const words: Word[] = [];
	let i = 0;
	while (i < line.length) {
		if (line[i] === " " || line[i] === "\t") {
			i++;
			continue;
		}
		const word: Word = { text: "", column: i };
		while (i < line.length && line[i] !== " " && line[i] !== "\t") {
			if (line[i] === "'" || line[i] === '"') {
				const part = quoted(line, i);
				word.text += part.text;
				i = part.next;
			} else word.text += line[i++];
		}
		words.push(word);
	}
	return words;
}
