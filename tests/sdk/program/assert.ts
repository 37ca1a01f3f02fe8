// SPDX-License-Identifier: Apache-2.0
//
// `assert` as test files in test262 form expect it. Values are compared by SameValue, exceptions by exactly their
// constructor. Left out: deepEqual, property helpers.
// Source: test262, INTERPRETING.md and CONTRIBUTING.md (interface only).

/** What a failed assertion throws. */
export class Test262Error extends Error {
	override readonly name = "Test262Error";
}

function text(value: unknown): string {
	if (typeof value === "string") return JSON.stringify(value);
	if (typeof value === "object" && value !== null && !(value instanceof Error)) {
		return Object.prototype.toString.call(value);
	}
	return String(value);
}

function fail(message: string | undefined, what: string): never {
	throw new Test262Error(message === undefined ? what : `${message}: ${what}`);
}

function sameValue(actual: unknown, expected: unknown, message?: string): void {
	if (!Object.is(actual, expected)) fail(message, `expected ${text(expected)}, got ${text(actual)}`);
}

function notSameValue(actual: unknown, unexpected: unknown, message?: string): void {
	if (Object.is(actual, unexpected)) fail(message, `got ${text(actual)}`);
}

interface ErrorClass {
	readonly name?: string;
	readonly prototype: { readonly name: string };
}

function compareArray(actual: ArrayLike<unknown>, expected: ArrayLike<unknown>, message?: string): void {
	sameValue(actual.length, expected.length, `${message ?? "arrays"}, length`);
	for (let i = 0; i < expected.length; i++) sameValue(actual[i], expected[i], `${message ?? "arrays"}, [${String(i)}]`);
}

/** Functions have no names here, as on the chip: of an error's class its prototype tells. */
function nameOf(error: ErrorClass): string {
	return error.name ?? error.prototype.name;
}

function throws(expected: ErrorClass, body: () => unknown, message?: string): void {
	if (typeof body !== "function") fail(message, "assert.throws wants a function");
	let thrown: unknown;
	try {
		body();
	} catch (error) {
		if (typeof error === "object" && error !== null && error.constructor === expected) return;
		thrown = error;
	}
	fail(message, `expected ${nameOf(expected)}, got ${thrown === undefined ? "no exception" : text(thrown)}`);
}

/** Fails unless the value is exactly `true`. */
function assertTrue(value: unknown, message?: string): void {
	if (value !== true) fail(message, `expected true, got ${text(value)}`);
}

export const assert = Object.assign(assertTrue, { sameValue, notSameValue, compareArray, throws });
