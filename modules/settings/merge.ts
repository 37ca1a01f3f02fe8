// SPDX-License-Identifier: Apache-2.0
//
// What a file makes of the values in force, and how a change is shown to people.

import type { Difference } from "./ini-result.js";
import type { Parameter, Value } from "./parameter.js";
import { eachParameter } from "./registry.js";
import { describeValue } from "./value.js";
import { type Values, ValueTable } from "./values.js";

/**
 * @param staged values that the file gives
 * @param full what it does not name returns to its default, but for what is kept: the way back to the server, and secrets, which
 * no export shows
 */
export function mergeValues(table: readonly Parameter[], current: Values, staged: Values, full: boolean): Values {
	const merged = new ValueTable();
	for (const { name, fallback, keep, secret, fileOnly } of eachParameter(table)) {
		if (fileOnly === true) continue;
		const stays = !full || keep === true || secret === true;
		const value = staged.get(name) ?? (stays ? current.get(name) : undefined);
		if (value !== undefined && value !== fallback) merged.set(name, value);
	}
	return merged;
}

function shown(parameter: Parameter, value: Value | undefined): string {
	const text = describeValue(parameter, value ?? parameter.fallback);
	const quoted = text === "" ? '""' : text;
	if (value === undefined) return `${quoted} (default)`;
	return parameter.unit === "" ? quoted : `${quoted} ${parameter.unit}`;
}

/** Every parameter whose value changes, in the order of the tables. */
export function* describeChanges(
	table: readonly Parameter[],
	before: Values,
	after: Values,
): IterableIterator<Difference> {
	for (const parameter of eachParameter(table)) {
		const difference = describeChange(parameter, before, after);
		if (difference !== undefined) yield difference;
	}
}

/** @returns `undefined` for a parameter that does not change */
function describeChange(parameter: Parameter, before: Values, after: Values): Difference | undefined {
	const { name, reset, fileOnly } = parameter;
	const [old, fresh] = [before.get(name), after.get(name)];
	if (fileOnly === true || old === fresh) return undefined;
	return { name, before: shown(parameter, old), after: shown(parameter, fresh), reset: reset === true };
}
