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

/** @returns the keys of one user, with what is stored of them taken where there is no new password. @throws SNMPError */
async function keysOf(
	entry: Entry,
	parts: UserParts,
	engineID: Uint8Array,
	stored: readonly StoredKeys[],
): Promise<StoredKeys> {
	const auth = authProtocol(entry.text("AuthProtocol"));
	const privName = entry.text("PrivProtocol");
	const engine = toHex(engineID);
	const user = entry.text("Name");
	const old = stored.find((keys) => keys.user === user && keys.engine === engine && keys.auth === auth.name);
	const keyOf = async (part: string, before: string | undefined): Promise<string> => {
		const password = entry.text(part);
		if (password !== "") return toHex(await deriveKey(parts, auth, password, engineID));
		if (before !== undefined && before !== "") return before;
		throw new SNMPError("SNMP_PASSWORD", 0, `${part} wanted: there is no key of it for this protocol`);
	};
	const authKey = await keyOf("AuthPassword", old?.authKey);
	const privKey = privName === "" ? "" : await keyOf("PrivPassword", old?.privKey);
	return { user, engine, auth: auth.name, authKey, privKey };
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

/** @returns the user once for each engine. @throws SNMPError */
async function readUser(
	entry: Entry,
	parts: UserParts,
	stored: readonly StoredKeys[],
	kept: StoredKeys[],
	problems: string[],
): Promise<User[]> {
	const before = passwords.map((part) => entry.text(part));
	if (entry.text("AuthProtocol") === "") {
		if (entry.text("PrivProtocol") !== "") throw new SNMPError("SNMP_PROTOCOL", 0, "encryption needs authentication");
		if (parts.settings.text("SNMPNoAuthUsers") === "0")
			throw new SNMPError("SNMP_PROTOCOL", 0, "AuthProtocol wanted, or SNMPNoAuthUsers = 1");
		return [makeUser(entry, parts, undefined)];
	}
	const users: User[] = [];
	for (const engineID of parts.engines) {
		try {
			const keys = await keysOf(entry, parts, engineID, stored);
			users.push(makeUser(entry, parts, keys));
			kept.push(keys);
		} catch (error) {
			/* A manager whose engine became known after the password was set gets no informs; all else works. */
			if (!(error instanceof SNMPError) || users.length === 0) throw error;
			problems.push(`snmp: user ${entry.text("Name")}, manager ${toHex(engineID)}: ${error.message}`);
		}
	}
	/* One that was set while the keys were made has its turn later. */
	passwords.forEach((part, i) => before[i] !== "" && entry.text(part) === before[i] && entry.clear(part));
	return users;
}

/** Reads all users. A faulty one is told and left out. Takes many turns where there are new passwords. */
export async function readUsers(parts: UserParts): Promise<Users> {
	const stored = readKeys(parts.store);
	const kept: StoredKeys[] = [];
	const users: User[] = [];
	const problems: string[] = [];
	for (let i = 0; i < maxUsers; i++) {
		const entry = new Entry(parts.settings, i);
		if (entry.text("Name") === "") continue;
		try {
			users.push(...(await readUser(entry, parts, stored, kept, problems)));
		} catch (error) {
			if (!(error instanceof SNMPError)) throw error;
			problems.push(`snmp: user ${i}: ${error.message}`);
		}
	}
	const changes = [...parts.settings.changes(), ...writeKeys(parts.store, kept)];
	try {
		if (changes.length > 0) parts.store.commit(changes);
	} catch (error) {
		problems.push(`snmp: keys are not stored: ${error instanceof Error ? error.message : String(error)}`);
	}
	return { users, problems };
}
