// SPDX-License-Identifier: Apache-2.0
//
// Imports what is cut off at each byte, and what is changed at random places, into a store of its own. What comes of it is our error or
// a store that can be listed; anything else is told with the place or the seed.

import { CertificatesError } from "upgate/certificates/error";
import { CertificateStore } from "upgate/certificates/store";
import type { Role } from "upgate/certificates/types";

export interface DamageStep {
	role: Role;
	/** Without a seed the input is cut off at each byte. */
	seed?: number;
	/** Changed inputs to try. */
	count?: number;
}

/** Codes with how often they came; `taken` for what was imported. */
type Codes = Record<string, number>;

function next(state: number): number {
	let x = state;
	x ^= x << 13;
	x ^= x >>> 17;
	x ^= x << 5;
	return x >>> 0;
}

function tryImport(role: Role, bytes: Uint8Array): string {
	const values = new Map<string, Uint8Array | undefined>();
	const records = {
		get: (name: string) => values.get(name),
		commit(changes: { name: string; value?: Uint8Array | undefined }[]): void {
			for (const { name, value } of changes) values.set(name, value);
		},
	};
	const store = new CertificateStore({ records });
	try {
		store.import(role, bytes.slice());
	} catch (error) {
		if (error instanceof CertificatesError && values.size === 0) return error.code;
		throw error;
	}
	for (const entry of store.list()) if (entry.problem !== undefined) throw new Error(`listed as ${entry.problem}`);
	return "taken";
}

function count(codes: Codes, code: string): void {
	codes[code] = (codes[code] ?? 0) + 1;
}

function cutEverywhere(role: Role, bytes: Uint8Array): Codes {
	const codes: Codes = {};
	for (let length = 0; length < bytes.length; length++) {
		try {
			count(codes, tryImport(role, bytes.subarray(0, length)));
		} catch (error) {
			throw new Error(`cut at ${length}: ${String(error)}`);
		}
	}
	return codes;
}

function changeAtRandom(role: Role, bytes: Uint8Array, seed: number, times: number): Codes {
	const codes: Codes = {};
	let state = seed >>> 0 || 1;
	for (let i = 0; i < times; i++) {
		const copy = bytes.slice();
		const changes = 1 + (state % 3);
		for (let j = 0; j < changes; j++) {
			state = next(state);
			const at = state % copy.length;
			state = next(state);
			copy[at] = state >>> 24;
		}
		try {
			count(codes, tryImport(role, copy));
		} catch (error) {
			throw new Error(`seed ${seed}, input ${i}: ${String(error)}`);
		}
	}
	return codes;
}

export function damage(bytes: Uint8Array, { role, seed, count: times = 100 }: DamageStep): Codes {
	return seed === undefined ? cutEverywhere(role, bytes) : changeAtRandom(role, bytes, seed, times);
}
