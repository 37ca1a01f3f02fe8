// SPDX-License-Identifier: Apache-2.0
//
// What is known of one parameter, and the short functions that the parameter tables are written with.
// All objects are frozen, so that a table can live in read-only memory.

/**
 * - `boolean`: 0 or 1
 * - `integer`: decimal, `min` to `max`
 * - `string`: any characters but controls, at most `maxBytes` as UTF-8
 * - `time`: time of day `HH:MM`, 24 hours, or empty
 * - `url`: scheme://[user:password@]host[:port]/path with placeholders such as <MAC>, or empty
 * - `host`: a name or an IPv4 or IPv6 address, or empty
 * - `user-agent`: text for an HTTP header: printable ASCII, with the tags <NAME> <VER> <MAC> <CONF>
 * - `keyword`: one of `words`, in any letter case
 * - `list`: some of `words`, or any words where there are none: as text with a comma between them, `ini,fk`
 */
export type ParameterType =
	"boolean" | "integer" | "string" | "time" | "url" | "host" | "user-agent" | "keyword" | "list";

export type Value = string | number;

/** Rare properties of a parameter; all are `false` unless said. */
export interface ParameterTraits {
	/** Acts after the next restart only. */
	readonly reset?: boolean;
	/** Never shown: `describe` and `entries` obscure it, errors do not quote it. */
	readonly secret?: boolean;
	/** Keeps its value where a full ini file does not name it. */
	readonly keep?: boolean;
	/** For people at the gateway and for the factory: a file that was fetched may not name it. */
	readonly local?: boolean;
	/** Speaks about the ini file that holds it, and is not stored. */
	readonly fileOnly?: boolean;
}

export interface Parameter extends ParameterTraits {
	/** Canonical spelling. */
	readonly name: string;
	/** `name` in lower case: names are not case-sensitive. */
	readonly key: string;
	readonly type: ParameterType;
	/** Value while nothing else is set. */
	readonly fallback: Value;
	/** Lowest and highest number; 0 and 1 for `boolean`, 0 for text. */
	readonly min: number;
	readonly max: number;
	/** Longest text, bytes as UTF-8; 0 for numbers. */
	readonly maxBytes: number;
	/** Unit of a number, or "". */
	readonly unit: string;
	/** What a number may be, where that is not all from `min` to `max`. */
	readonly values?: readonly number[];
	/** What a keyword, or an item of a list, may be, in lower case. */
	readonly words?: readonly string[];
	/** A vector: `Name_0` to `Name_<elements - 1>` are parameters, and `Name` alone stands for all of them. */
	readonly elements?: number;
	/** One line for people. */
	readonly summary: string;
}

type Bounds = Pick<Parameter, "min" | "max" | "maxBytes" | "unit" | "values" | "words">;

const TEXT = { min: 0, max: 0, unit: "" };

function make(
	name: string,
	type: ParameterType,
	fallback: Value,
	bounds: Bounds,
	summary: string,
	traits: ParameterTraits = {},
): Parameter {
	return Object.freeze({ name, key: name.toLowerCase(), type, fallback, ...bounds, summary, ...traits });
}

/** 0 or 1. */
export function flag(name: string, fallback: 0 | 1, summary: string, traits?: ParameterTraits): Parameter {
	return make(name, "boolean", fallback, { min: 0, max: 1, maxBytes: 0, unit: "" }, summary, traits);
}

/** @param range lowest, highest, unit */
export function integer(
	name: string,
	fallback: number,
	range: readonly [min: number, max: number, unit: string],
	summary: string,
	traits?: ParameterTraits,
): Parameter {
	const [min, max, unit] = range;
	return make(name, "integer", fallback, { min, max, unit, maxBytes: 0 }, summary, traits);
}

/** A number of a few, such as 0, 1 and 3, whose meaning the summary tells. */
export function oneOf(
	name: string,
	fallback: number,
	values: readonly number[],
	summary: string,
	traits?: ParameterTraits,
): Parameter {
	const bounds = { min: Math.min(...values), max: Math.max(...values), unit: "", maxBytes: 0 };
	return make(name, "integer", fallback, { ...bounds, values: Object.freeze(values) }, summary, traits);
}

/** @param words in lower case; the first is the default */
export function keyword(name: string, words: readonly string[], summary: string, traits?: ParameterTraits): Parameter {
	const maxBytes = Math.max(...words.map(({ length }) => length));
	return make(name, "keyword", words[0], { ...TEXT, maxBytes, words: Object.freeze(words) }, summary, traits);
}

/** @param words what may stand in it, in lower case; empty: any word */
export function list(
	name: string,
	maxBytes: number,
	words: readonly string[],
	summary: string,
	traits?: ParameterTraits,
): Parameter {
	const bounds = { ...TEXT, maxBytes, ...(words.length > 0 ? { words: Object.freeze(words) } : {}) };
	return make(name, "list", "", bounds, summary, traits);
}

/** As many parameters of one kind as `elements`: `Name_0`, `Name_1`, ... */
export function vector(element: Parameter, elements: number): Parameter {
	return Object.freeze({ ...element, elements });
}

/** Element `index` of a vector, as a parameter of its own. */
export function elementOf({ elements: _, ...parameter }: Parameter, index: number): Parameter {
	return Object.freeze({ ...parameter, name: `${parameter.name}_${index}`, key: `${parameter.key}_${index}` });
}

export function text(name: string, maxBytes: number, summary: string, traits?: ParameterTraits): Parameter {
	return make(name, "string", "", { ...TEXT, maxBytes }, summary, traits);
}

export function timeOfDay(name: string, summary: string, traits?: ParameterTraits): Parameter {
	return make(name, "time", "", { ...TEXT, maxBytes: 5 }, summary, traits);
}

export function url(name: string, summary: string, traits?: ParameterTraits): Parameter {
	return make(name, "url", "", { ...TEXT, maxBytes: 255 }, summary, traits);
}

export function host(name: string, maxBytes: number, summary: string, traits?: ParameterTraits): Parameter {
	return make(name, "host", "", { ...TEXT, maxBytes }, summary, traits);
}

export function userAgent(name: string, fallback: string, summary: string, traits?: ParameterTraits): Parameter {
	return make(name, "user-agent", fallback, { ...TEXT, maxBytes: 511 }, summary, traits);
}
