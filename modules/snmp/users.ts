// SPDX-License-Identifier: Apache-2.0
//
// The users of SNMPv3 out of the parameters, with their keys. A password that is found in the parameters is made into keys, which are
// good for this engine only; keys are stored and the password cleared, in one commit. Until then, and if the store fails, it stays.
// Source: RFC 3414 section 2.6 (localized keys), section 11.2 (passwords).

import { encodeUTF8, fromHex, toHex } from "../bytes/text.js";
import { parseView } from "./access.js";
import type { RecordStore, SettingsPort } from "./context.js";
import { SNMPError } from "./error.js";
import { deriveKey, fitKey, type DerivationParts } from "./key-derivation.js";
import { readKeys, writeKeys, type StoredKeys } from "./key-record.js";
import { authProtocol, privProtocol } from "./protocols.js";
import type { User } from "./usm.js";

/** Users that the parameters have room for. */
export const maxUsers = 3;

export interface UserParts extends DerivationParts {
	settings: Pick<SettingsPort, "text" | "set" | "changes">;
	store: RecordStore;
	/** Ours first, then those of managers that informs go to. */
	engines: readonly Uint8Array[];
}

export interface Users {
	users: User[];
	/** For people; never a secret. */
	problems: string[];
}

/** One user's parameters. */
class Entry {
	readonly #settings: UserParts["settings"];
	readonly #index: number;

	constructor(settings: UserParts["settings"], index: number) {
		this.#settings = settings;
		this.#index = index;
	}

	text(part: string): string {
		return this.#settings.text(`SNMPUser${part}_${this.#index}`);
	}

	clear(part: string): void {
		this.#settings.set(`SNMPUser${part}_${this.#index}`, "");
	}
}

const passwords: readonly string[] = Object.freeze(["AuthPassword", "PrivPassword"]);

/** Whether a password waits to be made into keys. */
export function hasPasswords(settings: Pick<SettingsPort, "text">): boolean {
	for (let i = 0; i < maxUsers; i++) {
		if (passwords.some((part) => settings.text(`SNMPUser${part}_${i}`) !== "")) return true;
	}
	return false;
}

/** Keys for one engine that were made of new passwords, hexadecimal; "" where there is none. */
type Made = Pick<StoredKeys, "authKey" | "privKey">;

/** @returns the keys of one user, with what is stored of them taken where there is no new password. @throws SNMPError */
function keysOf(entry: Entry, made: Made, engineID: Uint8Array, stored: readonly StoredKeys[]): StoredKeys {
	const auth = authProtocol(entry.text("AuthProtocol")).name;
	const engine = toHex(engineID);
	const user = entry.text("Name");
	const old = stored.find((keys) => keys.user === user && keys.engine === engine && keys.auth === auth);
	const keyOf = (part: string, key: string, before = ""): string => {
		if (key !== "" || before !== "") return key === "" ? before : key;
		throw new SNMPError("SNMP_PASSWORD", 0, `${part} wanted: there is no key of it for this protocol`);
	};
	const authKey = keyOf("AuthPassword", made.authKey, old?.authKey);
	const privKey = entry.text("PrivProtocol") === "" ? "" : keyOf("PrivPassword", made.privKey, old?.privKey);
	return { user, engine, auth, authKey, privKey };
}

function makeUser(entry: Entry, parts: UserParts, keys: StoredKeys | undefined): User {
	const name = entry.text("Name");
	const principal = {
		name,
		write: keys !== undefined && entry.text("Write") !== "0",
		view: parseView(entry.text("View")),
	};
	const engineID = keys === undefined ? parts.engines[0] : fromHex(keys.engine);
	const user: User = { name: encodeUTF8(name), engineID, principal };
	if (keys === undefined) return user;
	const protocol = authProtocol(keys.auth);
	user.auth = { protocol, key: fromHex(keys.authKey) };
	const priv = entry.text("PrivProtocol");
	if (priv !== "")
		user.priv = { key: fitKey(parts.crypto, protocol, fromHex(keys.privKey), privProtocol(priv).keyBytes) };
	return user;
}

/** Whether keys belong to the user. @throws SNMPError for one that may not be without */
function wantsKeys(entry: Entry, { settings }: UserParts): boolean {
	if (entry.text("AuthProtocol") !== "") return true;
	if (entry.text("PrivProtocol") !== "") throw new SNMPError("SNMP_PROTOCOL", 0, "encryption needs authentication");
	if (settings.text("SNMPNoAuthUsers") === "0")
		throw new SNMPError("SNMP_PROTOCOL", 0, "AuthProtocol wanted, or SNMPNoAuthUsers = 1");
	return false;
}

/** All users, as far as they are read. */
class Reading implements Users {
	readonly users: User[] = [];
	readonly problems: string[] = [];
	readonly kept: StoredKeys[] = [];
	readonly #parts: UserParts;
	readonly #stored: readonly StoredKeys[];

	constructor(parts: UserParts) {
		this.#parts = parts;
		this.#stored = readKeys(parts.store);
	}

	/** The user once for each engine. @param made for each engine; none for a user without keys. @throws SNMPError */
	add(entry: Entry, made: readonly Made[]): void {
		if (made.length === 0) this.users.push(makeUser(entry, this.#parts, undefined));
		for (const [i, engineID] of this.#parts.engines.slice(0, made.length).entries()) {
			try {
				const keys = keysOf(entry, made[i], engineID, this.#stored);
				this.users.push(makeUser(entry, this.#parts, keys));
				this.kept.push(keys);
			} catch (error) {
				/* A manager whose engine became known after the password was set gets no informs; all else works. */
				if (!(error instanceof SNMPError) || i === 0) throw error;
				this.problems.push(`snmp: user ${entry.text("Name")}, manager ${toHex(engineID)}: ${error.message}`);
			}
		}
	}

	/** In one commit: the keys, and the settings without their passwords. */
	store(): void {
		const { settings, store } = this.#parts;
		const changes = [...settings.changes(), ...writeKeys(store, this.kept)];
		try {
			if (changes.length > 0) store.commit(changes);
		} catch (error) {
			this.problems.push(`snmp: keys are not stored: ${error instanceof Error ? error.message : String(error)}`);
		}
	}
}

/** Reads all users. A faulty one is told and left out. Takes many turns where there are new passwords. */
export async function readUsers(parts: UserParts): Promise<Users> {
	const reading = new Reading(parts);
	for (let i = 0; i < maxUsers; i++) {
		const entry = new Entry(parts.settings, i);
		if (entry.text("Name") === "") continue;
		try {
			const made: Made[] = [];
			const [auth, priv] = passwords.map((part) => entry.text(part));
			for (const engineID of wantsKeys(entry, parts) ? parts.engines : []) {
				const protocol = authProtocol(entry.text("AuthProtocol"));
				const authKey = auth === "" ? "" : toHex(await deriveKey(parts, protocol, auth, engineID));
				const isPrivate = priv !== "" && entry.text("PrivProtocol") !== "";
				const privKey = isPrivate ? toHex(await deriveKey(parts, protocol, priv, engineID)) : "";
				made.push({ authKey, privKey });
			}
			reading.add(entry, made);
			/* One that was set while the keys were made has its turn later. */
			if (auth !== "" && entry.text("AuthPassword") === auth) entry.clear("AuthPassword");
			if (priv !== "" && entry.text("PrivPassword") === priv) entry.clear("PrivPassword");
		} catch (error) {
			if (!(error instanceof SNMPError)) throw error;
			reading.problems.push(`snmp: user ${i}: ${error.message}`);
		}
	}
	reading.store();
	return reading;
}
