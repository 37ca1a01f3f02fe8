// SPDX-License-Identifier: Apache-2.0
//
// Reads the comment at the head of a test file in test262 form: the few keys that say how to run it. YAML only as far as
// such comments use it: one key a line, lists in brackets or one item a line, `negative` with two keys indented below.
// Source: test262, CONTRIBUTING.md, "Frontmatter".

import { SdkTestsError } from "./error.js";

export interface Frontmatter {
	/** `module`, `async`, `raw`, `onlyStrict`, `noStrict`, ... */
	flags: readonly string[];
	/** Harness files the test wants. */
	includes: readonly string[];
	/** When it must fail, and with what. */
	negative?: { phase: string; type: string };
}

const block = /\/\*---\r?\n([\s\S]*?)---\*\//;
const entry = /^([A-Za-z]+):[ \t]*(.*)$/;
const nestedEntry = /^[ \t]+([A-Za-z]+):[ \t]*(\S+)[ \t]*$/;
const item = /^[ \t]*-[ \t]+(\S+)[ \t]*$/;

/** The lines of each key: what follows the colon, then the lines below it. */
function sections(text: string, file: string): Map<string, string[]> {
	const found = new Map<string, string[]>();
	let current: string[] | undefined;
	for (const line of text.split(/\r?\n/)) {
		const match = entry.exec(line);
		if (match !== null) {
			current = [match[2]];
			found.set(match[1], current);
		} else if (current !== undefined) current.push(line);
		else if (line.trim() !== "") throw new SdkTestsError("SDK_TESTS_FRONTMATTER", `${file}: no key: ${line}`);
	}
	return found;
}

function list(lines: string[] | undefined, key: string, file: string): string[] {
	if (lines === undefined) return [];
	const [first, ...rest] = lines;
	const inline = /^\[(.*)\][ \t]*$/.exec(first);
	if (inline !== null) {
		return inline[1]
			.split(",")
			.map((name) => name.trim())
			.filter((name) => name !== "");
	}
	return [first, ...rest]
		.filter((line) => line.trim() !== "")
		.map((line) => {
			const match = item.exec(line);
			if (match === null) throw new SdkTestsError("SDK_TESTS_FRONTMATTER", `${file}: ${key} is no list`);
			return match[1];
		});
}

function negative(lines: string[] | undefined, file: string): Frontmatter["negative"] {
	if (lines === undefined) return undefined;
	const keys = new Map<string, string>();
	for (const line of lines) {
		const match = nestedEntry.exec(line);
		if (match !== null) keys.set(match[1], match[2]);
	}
	const phase = keys.get("phase");
	const type = keys.get("type");
	if (phase === undefined || type === undefined) {
		throw new SdkTestsError("SDK_TESTS_FRONTMATTER", `${file}: negative wants phase and type`);
	}
	return { phase, type };
}

/**
 * Reads the frontmatter of a test.
 * @returns undefined when the file has none: it is a fixture
 * @throws SdkTestsError SDK_TESTS_FRONTMATTER
 */
export function parseFrontmatter(source: string, file: string): Frontmatter | undefined {
	const match = block.exec(source);
	if (match === null) return undefined;
	const found = sections(match[1], file);
	return {
		flags: list(found.get("flags"), "flags", file),
		includes: list(found.get("includes"), "includes", file),
		negative: negative(found.get("negative"), file),
	};
}
