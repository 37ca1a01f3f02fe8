// SPDX-License-Identifier: Apache-2.0
//
// Stands for `node:assert/strict` under XS: equal, notEqual, deepEqual, notDeepEqual, ok, throws, doesNotThrow,
// rejects, match, doesNotMatch, fail.

import { deepEqual as isDeepEqual } from "xs-tests/equality";

export class AssertionError extends Error {
	// A field, not an assignment: Error.prototype is frozen here.
	override readonly name = "AssertionError";
}

const textLimit = 300;

type Keyed = Record<string, unknown>;
type Constructor = new (...values: never[]) => object;
/** A class, a function that judges the error, a pattern for its text, or properties it must have. */
export type Expected = object | RegExp | ((error: unknown) => unknown);

function show(value: unknown): string {
	let text: string | undefined;
	try {
		if (value instanceof Error) text = String(value);
		else if (ArrayBuffer.isView(value))
			text = `[${new Uint8Array(value.buffer, value.byteOffset, value.byteLength).join(" ")}]`;
		else text = typeof value === "bigint" ? `${value}n` : JSON.stringify(value);
	} catch {
		// A cycle, or a toJSON that throws.
	}
	const shown = text ?? String(value);
	return shown.length > textLimit ? `${shown.slice(0, textLimit)}...` : shown;
}

function require(condition: boolean, message: string | Error | undefined, problem: () => string): void {
	if (condition) return;
	if (message instanceof Error) throw message;
	throw new AssertionError(message === undefined ? problem() : `${message}: ${problem()}`);
}

export function fail(message?: string | Error): never {
	if (message instanceof Error) throw message;
	throw new AssertionError(message ?? "failed");
}

export function ok(value: unknown, message?: string | Error): void {
	require(Boolean(value), message, () => `${show(value)} is not truthy`);
}

export function equal(actual: unknown, expected: unknown, message?: string | Error): void {
	require(Object.is(actual, expected), message, () => `${show(actual)} is not ${show(expected)}`);
}

export function notEqual(actual: unknown, expected: unknown, message?: string | Error): void {
	require(!Object.is(actual, expected), message, () => `${show(actual)} is what it must not be`);
}

export function deepEqual(actual: unknown, expected: unknown, message?: string | Error): void {
	require(isDeepEqual(actual, expected), message, () => `${show(actual)} does not equal ${show(expected)}`);
}

export function notDeepEqual(actual: unknown, expected: unknown, message?: string | Error): void {
	require(!isDeepEqual(actual, expected), message, () => `${show(actual)} equals what it must not`);
}

export function match(text: string, pattern: RegExp, message?: string | Error): void {
	require(pattern.test(text), message, () => `${show(text)} does not match ${String(pattern)}`);
}

export function doesNotMatch(text: string, pattern: RegExp, message?: string | Error): void {
	require(!pattern.test(text), message, () => `${show(text)} matches ${String(pattern)}`);
}

function isErrorClass(value: Expected): value is Constructor {
	return value === Error || (typeof value === "function" && value.prototype instanceof Error);
}

function hasProperty(error: unknown, key: string, wanted: unknown): boolean {
	const value = (error as Keyed)[key];
	if (wanted instanceof RegExp && typeof value === "string") return wanted.test(value);
	return isDeepEqual(value, wanted);
}

function judge(error: unknown, expected: Expected | undefined, message?: string): void {
	if (expected === undefined) return;
	if (expected instanceof RegExp) {
		require(expected.test(String(error)), message, () => `${show(error)} does not match ${String(expected)}`);
	} else if (isErrorClass(expected)) {
		if (!(error instanceof expected)) throw error;
	} else if (typeof expected === "function") {
		require(expected(error) === true, message, () => `${show(error)} was refused by the validation function`);
	} else {
		for (const [key, wanted] of Object.entries(expected)) {
			const problem = (): string => `${show(error)} has ${key} ${show((error as Keyed)[key])}, not ${show(wanted)}`;
			require(hasProperty(error, key, wanted), message, problem);
		}
	}
}

export function throws(body: () => unknown, expected?: Expected | string, message?: string): void {
	const text = typeof expected === "string" ? expected : message;
	let thrown: { error: unknown } | undefined;
	try {
		body();
	} catch (error) {
		thrown = { error };
	}
	if (thrown === undefined) throw new AssertionError(text ?? "no exception");
	judge(thrown.error, typeof expected === "string" ? undefined : expected, text);
}

export function doesNotThrow(body: () => unknown, message?: string): void {
	try {
		body();
	} catch (error) {
		throw new AssertionError(`${message ?? "unwanted exception"}: ${show(error)}`);
	}
}

type Pending = Promise<unknown> | (() => Promise<unknown>);

export async function rejects(pending: Pending, expected?: Expected, message?: string): Promise<void> {
	let thrown: { error: unknown } | undefined;
	try {
		await (typeof pending === "function" ? pending() : pending);
	} catch (error) {
		thrown = { error };
	}
	if (thrown === undefined) throw new AssertionError(message ?? "no rejection");
	judge(thrown.error, expected, message);
}

const assert = Object.assign((value: unknown, message?: string | Error) => ok(value, message), {
	AssertionError,
	deepEqual,
	deepStrictEqual: deepEqual,
	doesNotMatch,
	doesNotThrow,
	equal,
	fail,
	match,
	notDeepEqual,
	notEqual,
	ok,
	rejects,
	strictEqual: equal,
	throws,
});

export default assert;
