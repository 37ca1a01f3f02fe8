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
 */
export type ParameterType = "boolean" | "integer" | "string" | "time" | "url" | "host" | "user-agent";

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
	/** One line for people. */
	readonly summary: string;
}

type Bounds = Pick<Parameter, "min" | "max" | "maxBytes" | "unit">;

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
