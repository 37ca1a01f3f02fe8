// SPDX-License-Identifier: Apache-2.0
//
// Writes docs/parameters.md from the tables of modules/settings: `npm run docs`. A test compares the two.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";
import type { Parameter } from "../../modules/settings/parameter.js";
import { parameterGroups } from "../../modules/settings/registry.js";
import { projectRoot } from "../build/index.js";

/** Where the text lies, from the project's root. */
export const parametersPage = "docs/parameters.md";

const head = `# Parameters

Made from the tables in modules/settings by \`npm run docs\`; change those, not this file.

Names are not case-sensitive. "Reset": the value acts after the next restart. Notes: *secret* values are never shown; *kept*: a full
ini that does not name the parameter leaves it as it is, as with every secret; *local*: only the console and the factory ini may set
it; *file*: has a meaning in the ini that holds it, and is not stored. Sizes are bytes of UTF-8. "Ours" in a help text: there is no
such parameter, or another default, in the original. Owner is the module that acts on the value; one that is not in the program
leaves it without effect.
`;

function range({ type, min, max, maxBytes, values, words }: Parameter): string {
	if (values !== undefined) return values.join(", ");
	if (type === "boolean" || type === "integer") return `${min}..${max}`;
	if (type === "time") return "HH:MM";
	if (words !== undefined) return words.join(", ");
	return `<= ${maxBytes}`;
}

function notes({ secret, keep, local, fileOnly }: Parameter): string {
	const all: [boolean | undefined, string][] = [
		[secret, "secret"],
		[keep, "kept"],
		[local, "local"],
		[fileOnly, "file"],
	];
	return all.flatMap(([is, word]) => (is === true ? [word] : [])).join(", ");
}

/** Text for a cell: nothing in it is taken for a mark of the table. */
function cell(text: string): string {
	return text.replace(/[|<>*_\\]/g, "\\$&");
}

function row(parameter: Parameter, owner: string): string {
	const { name, elements, type, fallback, unit, reset, summary } = parameter;
	const names = elements === undefined ? name : `${name}_0 .. _${elements - 1}`;
	const shown = fallback === "" ? "empty" : String(fallback);
	const cells = [
		names,
		type,
		range(parameter),
		shown,
		unit,
		reset === true ? "yes" : "no",
		owner,
		notes(parameter),
		summary,
	];
	return `| ${cells.map(cell).join(" | ")} |`;
}

/** The whole page. */
export function parametersMarkdown(): string {
	const lines = [
		head,
		"| name | type | range | default | unit | reset | owner | notes | help |",
		"| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
	];
	for (const { owner, parameters } of parameterGroups)
		for (const parameter of parameters) lines.push(row(parameter, owner));
	return `${lines.join("\n")}\n`;
}

if (import.meta.url === pathToFileURL(argv[1]).href)
	writeFileSync(join(projectRoot, parametersPage), parametersMarkdown());
