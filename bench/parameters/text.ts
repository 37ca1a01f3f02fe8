// SPDX-License-Identifier: Apache-2.0
//
// Ini files of so many parameters: first those that the gateway knows, none at its default, then names that it keeps without knowing them.

import { type Parameter, type Value } from "../../modules/settings/parameter.js";
import { eachParameter, parameters } from "../../modules/settings/registry.js";
import { Settings } from "../../modules/settings/settings.js";

/** What may do for one type or another. */
function* candidates({ type, min, max, fallback, words }: Parameter, number: number): Iterable<Value> {
	if (type === "boolean" || type === "integer") yield* [max, min, Number(fallback) + 1];
	if (words !== undefined) yield* words;
	yield* [
		`http://192.0.2.1/files/${number}.dat`,
		`192.0.2.${number % 250}`,
		"03:15",
		`text of parameter ${number}`,
		"12",
	];
}

/** Checks values, and stores nothing. */
const checker = new Settings({ store: { get: () => undefined, names: () => [], commit: () => undefined } });

function lineOf(parameter: Parameter, number: number): string | undefined {
	const { name, type, fallback } = parameter;
	for (const value of candidates(parameter, number)) {
		const text = String(value);
		if (text === String(fallback)) continue;
		try {
			checker.check(name, text);
		} catch {
			continue;
		}
		return type === "boolean" || type === "integer" ? `${name} = ${text}` : `${name} = '${text}'`;
	}
	return undefined;
}

/** A line for each parameter that a file may set. */
function knownLines(): string[] {
	const settable = [...eachParameter(parameters)].filter(({ local, fileOnly }) => local !== true && fileOnly !== true);
	return settable.map(lineOf).filter((line) => line !== undefined);
}

const known = knownLines();
/** Parameters that the gateway knows. */
export const knownCount = known.length;

export function iniOf(count: number): string {
	const lines = Array.from({ length: count }, (_, i) => known[i] ?? `VendorParameter_${i}x = 'value ${i}'`);
	return `${lines.join("\r\n")}\r\n`;
}
