// SPDX-License-Identifier: Apache-2.0
//
// The certificate store on XS for the tests: does the steps that come as JSON in `--option spec=`, prints one JSON line for each.
// Records are in memory; each step opens the store anew, so nothing but the records is carried from one to the next.

import Board from "upgate/linux/board";
import { print } from "./serial-port.js";
import { fromHex } from "upgate/bytes/hex";
import { decodeLatin1, encodeLatin1 } from "upgate/bytes/text";
import { CertificatesError } from "upgate/certificates/error";
import { importFactory } from "upgate/certificates/factory";
import type { RecordChange, Records } from "upgate/certificates/records";
import { CertificateStore, type CertificateStoreOptions } from "upgate/certificates/store";
import type { Role } from "upgate/certificates/types";
import { damage, type DamageStep } from "./damage.js";

interface Step extends Partial<Omit<DamageStep, "role">> {
	do:
		| "damage"
		| "factory"
		| "identity"
		| "import"
		| "keys"
		| "list"
		| "memory"
		| "record"
		| "remove"
		| "request"
		| "revoke"
		| "warnings";
	role?: Role;
	/** PEM, or DER as hexadecimal digits. */
	pem?: string;
	der?: string;
	handle?: string;
	force?: boolean;
	subject?: string;
	now?: number;
	exact?: boolean;
	/** Of a record; `broken` makes it unreadable from here on. */
	name?: string;
	broken?: boolean;
	/** The next commit fails. */
	full?: boolean;
	/** Fingerprint that counts as in use. */
	inUse?: string;
	limits?: Partial<CertificateStoreOptions>;
}

class MemoryRecords implements Records {
	readonly values = new Map<string, Uint8Array>();
	readonly broken = new Set<string>();
	commits = 0;
	full = false;

	get(name: string): Uint8Array | undefined {
		if (this.broken.has(name)) throw new Error("wrong CRC");
		return this.values.get(name)?.slice();
	}
	commit(changes: RecordChange[]): void {
		if (this.full) throw new Error("the store is full");
		this.commits++;
		for (const { name, value } of changes) {
			this.broken.delete(name);
			if (value === undefined) this.values.delete(name);
			else this.values.set(name, value.slice());
		}
	}
}

const board = new Board();

function bytesOf(step: Step): Uint8Array {
	return step.pem === undefined ? fromHex(step.der ?? "") : encodeLatin1(step.pem);
}

function record(records: MemoryRecords, step: Step): string {
	const name = step.name ?? "";
	if (step.broken === true) {
		records.broken.add(name);
		return "";
	}
	if (step.pem !== undefined || step.der !== undefined) records.commit([{ name, value: bytesOf(step) }]);
	const value = step.der === undefined ? records.values.get(name) : undefined;
	return value ? decodeLatin1(value) : "";
}

/** Heap after the list was made a few times. */
function memory(store: CertificateStore): object {
	let count = 0;
	for (let i = 0; i < 20; i++) for (const entry of store.list()) count += entry.fingerprint.length;
	const { slots, chunks, native } = board.memory();
	return { count, slots: slots.now, chunks: chunks.now, native: native.now };
}

function perform(records: MemoryRecords, step: Step): unknown {
	const { inUse, handle = "", role = "root" } = step;
	const store = new CertificateStore({ records, ...step.limits, inUse: { has: (print) => print === inUse } });
	switch (step.do) {
		case "damage":
			return damage(bytesOf(step), { ...step, role });
		case "factory":
			return importFactory(store, records);
		case "identity":
			return store.identity() !== undefined;
		case "import":
			return store.import(role, bytesOf(step));
		case "list":
			return Array.from(store.list());
		case "memory":
			return memory(store);
		case "record":
			return record(records, step);
		case "remove":
			return store.remove(handle, step.force);
		case "revoke":
			return store.revoke(handle, step.force);
		case "keys":
			return [store.signingKeys().length, store.revokedKeys().length];
		case "request":
			return store.request(step.subject ?? "");
		case "warnings":
			return Array.from(store.warnings(step.now ?? 0, step.exact));
	}
}

function lineOf(records: MemoryRecords, step: Step): object {
	const before = records.commits;
	records.full = step.full === true;
	try {
		const result = perform(records, step);
		return { result, commits: records.commits - before };
	} catch (error) {
		const code = error instanceof CertificatesError ? error.code : "";
		return { code, message: error instanceof Error ? error.message : "", commits: records.commits - before };
	} finally {
		records.full = false;
	}
}

export default function main(): void {
	const records = new MemoryRecords();
	for (const step of JSON.parse(board.option("spec") ?? "[]") as Step[]) print(JSON.stringify(lineOf(records, step)));
	print("done");
}
