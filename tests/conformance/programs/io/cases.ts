// SPDX-License-Identifier: Apache-2.0
//
// A small test frame for programs on XS: runs cases one after the other, prints one JSON line for each.

import Timer from "timer";
import { print } from "./serial-port.js";

export type Case = [title: string, body: () => void | Promise<void>];

const caseDeadlineMs = 20_000;

export class Deferred<T = void> {
	resolve: (value: T) => void = () => undefined;
	reject: (reason: unknown) => void = () => undefined;
	readonly promise = new Promise<T>((resolve, reject) => {
		this.resolve = resolve;
		this.reject = reject;
	});
	/** Runs a callback's body; an exception fails the case instead of ending the program. */
	guard(body: () => void): void {
		try {
			body();
		} catch (error) {
			this.reject(error);
		}
	}
}

export function ok(value: unknown, what: string): void {
	if (!value) throw new Error(what);
}

export function same(actual: unknown, expected: unknown, what: string): void {
	if (!Object.is(actual, expected)) throw new Error(`${what}: expected ${String(expected)}, got ${String(actual)}`);
}

/** The exception must be of exactly this class (Error is matched by all). */
export function throws(type: ErrorConstructor, body: () => unknown, what: string): void {
	try {
		body();
	} catch (error) {
		if (error instanceof type) return;
		throw new Error(`${what}: expected ${type.name}, got ${String(error)}`);
	}
	throw new Error(`${what}: nothing thrown`);
}

export function delay(ms: number): Promise<void> {
	return new Promise((resolve) => {
		Timer.set(() => resolve(), ms);
	});
}

function withDeadline(promise: Promise<void>): Promise<void> {
	return new Promise((resolve, reject) => {
		const timer = Timer.set(() => reject(new Error("timed out")), caseDeadlineMs);
		promise.then(
			() => {
				Timer.clear(timer);
				resolve();
			},
			(error: unknown) => {
				Timer.clear(timer);
				reject(error as Error);
			},
		);
	});
}

export async function run(cases: Case[]): Promise<void> {
	for (const [title, body] of cases) {
		try {
			await withDeadline(Promise.resolve().then(body));
			print(JSON.stringify({ title, ok: true }));
		} catch (error) {
			print(JSON.stringify({ title, ok: false, error: String(error) }));
		}
	}
	print(JSON.stringify({ done: cases.length }));
}
