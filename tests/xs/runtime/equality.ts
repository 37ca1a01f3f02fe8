// SPDX-License-Identifier: Apache-2.0
//
// Deep equality as Node's assert.deepStrictEqual defines it, for what tests compare: primitives, plain and class
// objects, arrays, buffers, Map, Set, Date, RegExp, Error. Leaves out: order of Map and Set by equality of object keys
// (compared in insertion order), getters with side effects, cycles deeper than the engine's stack.

type Keyed = Record<PropertyKey, unknown>;

function isObject(value: unknown): value is object {
	return (typeof value === "object" && value !== null) || typeof value === "function";
}

function bytesOf(value: object): Uint8Array | undefined {
	if (value instanceof ArrayBuffer) return new Uint8Array(value);
	if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
	return undefined;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
	if (a.length !== b.length) return false;
	for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
	return true;
}

function equalLists(a: unknown[], b: unknown[], seen: Map<object, object>): boolean {
	return a.length === b.length && a.every((item, index) => equalValues(item, b[index], seen));
}

function ownKeys(value: object): PropertyKey[] {
	return Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
}

function equalProperties(a: object, b: object, seen: Map<object, object>): boolean {
	const keys = ownKeys(a);
	if (keys.length !== ownKeys(b).length) return false;
	return keys.every((key) => Object.hasOwn(b, key) && equalValues((a as Keyed)[key], (b as Keyed)[key], seen));
}

function equalSpecial(a: object, b: object, seen: Map<object, object>): boolean {
	if (a instanceof Date && b instanceof Date) return Object.is(a.getTime(), b.getTime());
	if (a instanceof RegExp && b instanceof RegExp) return String(a) === String(b);
	if (a instanceof Error && b instanceof Error) return a.name === b.name && a.message === b.message;
	if (a instanceof Map && b instanceof Map) return equalLists([...a], [...b], seen);
	if (a instanceof Set && b instanceof Set) return equalLists([...a], [...b], seen);
	return !Array.isArray(a) || (Array.isArray(b) && a.length === b.length);
}

function equalValues(a: unknown, b: unknown, seen: Map<object, object>): boolean {
	if (Object.is(a, b)) return true;
	if (!isObject(a) || !isObject(b) || typeof a === "function" || typeof b === "function") return false;
	if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
	const left = bytesOf(a);
	const right = bytesOf(b);
	if (left !== undefined && right !== undefined) return equalBytes(left, right);
	if (seen.get(a) === b) return true;
	seen.set(a, b);
	return equalSpecial(a, b, seen) && equalProperties(a, b, seen);
}

/** @returns true when the values are strictly and deeply equal */
export function deepEqual(a: unknown, b: unknown): boolean {
	return equalValues(a, b, new Map());
}
