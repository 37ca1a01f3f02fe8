// SPDX-License-Identifier: Apache-2.0
//
// Sets of parameter values: only what is not at its default, by canonical name. Read from and written to their stored form,
// and vectors as a whole.

import { ParseError } from "../bytes/error.js";
import { splitList } from "../ini/list.js";
import { SettingsError } from "./error.js";
import { elementOf, type Parameter, type Value } from "./parameter.js";
import { decodeRecord, encodeRecord } from "./record.js";
import { findParameter } from "./registry.js";
import { parseValue } from "./value.js";

/**
 * Values by canonical name: a map as two lists, of which an entry takes half of what it takes in a Map. The engine's own search
 * through some dozen names is quick.
 */
export class ValueTable {
	readonly names: string[] = [];
	readonly #values: Value[] = [];

	has(name: string): boolean {
		return this.names.includes(name);
	}

	get(name: string): Value | undefined {
		const at = this.names.indexOf(name);
		return at < 0 ? undefined : this.#values[at];
	}

	set(name: string, value: Value): void {
		const at = this.names.indexOf(name);
		if (at >= 0) this.#values[at] = value;
		else {
			this.names.push(name);
			this.#values.push(value);
		}
	}

	delete(name: string): void {
		const at = this.names.indexOf(name);
		if (at < 0) return;
		this.names.splice(at, 1);
		this.#values.splice(at, 1);
	}

	clear(): void {
		this.names.length = this.#values.length = 0;
	}
}

/** Values that are not at their default. Never changed in place. */
export type Values = Pick<ValueTable, "has" | "get"> & { readonly names: readonly string[] };

/** @throws SettingsError SETTINGS_UNKNOWN */
export function needParameter(table: readonly Parameter[], name: string): Parameter {
	const parameter = findParameter(table, name);
	if (parameter !== undefined) return parameter;
	throw new SettingsError("SETTINGS_UNKNOWN", `no parameter ${name}`, { parameter: name });
}

/** Value of a parameter; of a vector its elements as one text, with commas, without those at the end that are at their default. */
export function valueOf(values: Values, parameter: Parameter): Value {
	if (parameter.elements === undefined) return values.get(parameter.name) ?? parameter.fallback;
	const texts: string[] = [];
	for (let i = 0; i < parameter.elements; i++)
		texts.push(String(values.get(`${parameter.name}_${i}`) ?? parameter.fallback));
	while (texts.length > 0 && !values.has(`${parameter.name}_${texts.length - 1}`)) texts.pop();
	return texts.join(",");
}

/**
 * The values that a text gives to a parameter, or to the elements of a vector, which get their default where the list ends.
 * @throws SettingsError SETTINGS_LENGTH for a list that is longer than the vector, and those of `parseValue`
 */
export function parseValues(parameter: Parameter, text: string): [name: string, value: Value][] {
	const { elements, name } = parameter;
	if (elements === undefined) return [[name, parseValue(parameter, text)]];
	const items = splitList(text);
	if (items.length > elements) {
		const message = `${name}: expected at most ${elements} values, found ${items.length}`;
		throw new SettingsError("SETTINGS_LENGTH", message, { parameter: name });
	}
	const values: [string, Value][] = [];
	for (let i = 0; i < elements; i++) {
		const element = elementOf(parameter, i);
		const item = items[i] ?? "";
		values.push([element.name, item === "" ? element.fallback : parseValue(element, item)]);
	}
	return values;
}

/** The same for a parameter that is to be stored. @throws SettingsError SETTINGS_FILE_ONLY too */
export function parseStored(parameter: Parameter, text: string): [name: string, value: Value][] {
	if (parameter.fileOnly !== true) return parseValues(parameter, text);
	const message = `${parameter.name} has a meaning in an ini file only`;
	throw new SettingsError("SETTINGS_FILE_ONLY", message, { parameter: parameter.name });
}

/** @returns a copy in which `changes` count; a value at its default is left out */
export function withValues(
	values: Values,
	parameter: Parameter,
	changes: Iterable<readonly [name: string, value: Value]>,
): Values {
	const copy = new ValueTable();
	for (const name of values.names) copy.set(name, values.get(name) ?? "");
	for (const [name, value] of changes) {
		if (value === parameter.fallback) copy.delete(name);
		else copy.set(name, value);
	}
	return copy;
}

/** Reads a stored record, `undefined` where there is none. What cannot be read is at its default, and listed in `problems`. */
export function loadValues(
	record: Uint8Array | undefined,
	table: readonly Parameter[],
	problems: SettingsError[] = [],
): Values {
	const values = new ValueTable();
	if (record === undefined) return values;
	try {
		for (const [name, text] of decodeRecord(record)) {
			try {
				const parameter = needParameter(table, name);
				for (const [each, value] of parseStored(parameter, text))
					if (value !== parameter.fallback) values.set(each, value);
			} catch (error) {
				if (!(error instanceof SettingsError)) throw error;
				problems.push(error);
			}
		}
	} catch (error) {
		if (!(error instanceof ParseError)) throw error;
		values.clear();
		problems.length = 0;
		problems.push(new SettingsError("SETTINGS_RECORD", `stored settings: ${error.message}`, { cause: error }));
	}
	return values;
}

/** The stored form: the same values always give the same bytes. */
export function encodeValues(values: Values): Uint8Array {
	const names = values.names.slice().sort();
	return encodeRecord(names, (name) => String(values.get(name)));
}
