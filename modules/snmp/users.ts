// SPDX-License-Identifier: Apache-2.0
//
// The users of SNMPv3 out of the parameters, with their keys. A password that is found in the parameters is made into keys, which are
// good for this engine only; keys are stored and the password cleared, in one commit. Until then, and if the store fails, it stays.
// Source: RFC 3414 section 2.6 (localized keys), section 11.2 (passwords).

import { fromHex, toHex } from "../bytes/text.js";
import { parseView } from "./access.js";
import type { RecordStore, SettingsPort } from "./context.js";
import { SNMPError } from "./error.js";
import { deriveKey, fitKey, type DerivationParts, type KeyTaker } from "./key-derivation.js";
import { readKeys, writeKeys, type StoredKeys } from "./key-record.js";
import { authProtocol, privProtocol } from "./protocols.js";
import type { User } from "./usm.js";

/** Users that the parameters have room for. */
export const maxUsers = 3;

export interface UserParts extends DerivationParts {
	readonly settings: Pick<SettingsPort, "text" | "set" | "changes">;
	readonly store: RecordStore;
	/** Ours first, then those of managers that informs go to. */
	readonly engines: readonly Uint8Array[];
	/** Takes what is wrong, for people; never a secret. */
	onProblem(problem: string): void;
	/** Takes all users. Nothing comes after it. */
	onUsers(users: User[]): void;
	/** Takes what is no fault of the parameters. Nothing comes after it. */
	onFailed(error: unknown): void;
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

/**
 * @param made keys for one engine out of new passwords, hexadecimal; "" where there is none
 * @returns the keys of one user, with what is stored of them taken where there is no new password
 * @throws SNMPError
 */
function keysOf(entry: Entry, made: readonly string[], engineID: Uint8Array, store: RecordStore): StoredKeys {
	const auth = authProtocol(entry.text("AuthProtocol")).name;
	const engine = toHex(engineID);
	const user = entry.text("Name");
	const old = readKeys(store).find((keys) => keys.user === user && keys.engine === engine && keys.auth === auth);
	const keyOf = (part: string, key: string, before = ""): string => {
		if (key !== "" || before !== "") return key === "" ? before : key;
		throw new SNMPError("SNMP_PASSWORD", 0, `${part} wanted: there is no key of it for this protocol`);
	};
	const authKey = keyOf("AuthPassword", made[0], old?.authKey);
	const privKey = entry.text("PrivProtocol") === "" ? "" : keyOf("PrivPassword", made[1], old?.privKey);
	return { user, engine, auth, authKey, privKey };
}

function makeUser(entry: Entry, parts: UserParts, engineID: Uint8Array, keys?: StoredKeys): User {
	const principal = {
		name: entry.text("Name"),
		write: keys !== undefined && entry.text("Write") !== "0",
		view: parseView(entry.text("View")),
	};
	const user: User = { engineID, principal };
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

/** All users, one after another, as far as they are read. What waits for a key is this object, the key's, and nothing else. */
class Reading implements KeyTaker {
	readonly #parts: UserParts;
	readonly #users: User[] = [];
	readonly #kept: StoredKeys[] = [];
	/** Number of the user that is read. */
	#user = 0;
	/** New passwords of this user. */
	#passwords: readonly string[] = [];
	/** For each engine that keys are wanted for: of the first password, of the second; hexadecimal, "" without a password. */
	#made: string[] = [];
	#wanted = 0;

	constructor(parts: UserParts) {
		this.#parts = parts;
	}

	/** Goes on with the next user, as long as there is one and no key to wait for. */
	next(): void {
		for (; this.#user < maxUsers; this.#user++)
			if (this.entry.text("Name") !== "" && this.attempt(() => this.begin())) return;
		this.store();
		this.#parts.onUsers(this.#users);
	}

	/** For the derivation. */
	take(key: Uint8Array): void {
		this.#made.push(toHex(key));
		if (this.attempt(() => this.make())) return;
		this.#user++;
		this.next();
	}

	/** For the derivation. */
	failed(error: unknown): void {
		this.#parts.onFailed(error);
	}

	private get entry(): Entry {
		return new Entry(this.#parts.settings, this.#user);
	}

	/** @returns whether keys of this user are being made; `false` for a faulty user, who is told and left out */
	private attempt(action: () => boolean): boolean {
		try {
			return action();
		} catch (error) {
			if (!(error instanceof SNMPError)) throw error;
			this.#parts.onProblem(`snmp: user ${this.#user}: ${error.message}`);
			return false;
		}
	}

	private begin(): boolean {
		const { entry } = this;
		this.#made = [];
		this.#passwords = passwords.map((part) => entry.text(part));
		this.#wanted = wantsKeys(entry, this.#parts) ? this.#parts.engines.length * passwords.length : 0;
		return this.make();
	}

	/** Begins the next key, or ends the user. @returns whether a key is being made */
	private make(): boolean {
		const { entry } = this;
		while (this.#made.length < this.#wanted) {
			const [engine, part] = [this.#made.length >> 1, this.#made.length & 1];
			const protocol = authProtocol(entry.text("AuthProtocol"));
			const password = part === 0 || entry.text("PrivProtocol") !== "" ? this.#passwords[part] : "";
			if (password !== "") {
				deriveKey(this.#parts, protocol, password, { engineID: this.#parts.engines[engine], taker: this });
				return true;
			}
			this.#made.push("");
		}
		this.add(entry);
		this.clear(entry);
		return false;
	}

	/** A password that was set while the keys were made has its turn later. */
	private clear(entry: Entry): void {
		for (const [i, part] of passwords.entries())
			if (this.#passwords[i] !== "" && entry.text(part) === this.#passwords[i]) entry.clear(part);
	}

	/** The user once for each engine. @throws SNMPError */
	private add(entry: Entry): void {
		const { engines, store } = this.#parts;
		if (this.#wanted === 0) this.#users.push(makeUser(entry, this.#parts, engines[0]));
		for (let i = 0; i < this.#wanted; i += 2) {
			const engineID = engines[i >> 1];
			try {
				const keys = keysOf(entry, this.#made.slice(i, i + 2), engineID, store);
				this.#users.push(makeUser(entry, this.#parts, engineID, keys));
				this.#kept.push(keys);
			} catch (error) {
				/* A manager whose engine became known after the password was set gets no informs; all else works. */
				if (!(error instanceof SNMPError) || i === 0) throw error;
				this.#parts.onProblem(`snmp: user ${entry.text("Name")}, manager ${toHex(engineID)}: ${error.message}`);
			}
		}
	}

	/** In one commit: the keys, and the settings without their passwords. */
	private store(): void {
		const { settings, store } = this.#parts;
		const changes = [...settings.changes(), ...writeKeys(store, this.#kept)];
		try {
			if (changes.length > 0) store.commit(changes);
		} catch (error) {
			this.#parts.onProblem(`snmp: keys are not stored: ${error instanceof Error ? error.message : String(error)}`);
		}
	}
}

/** Reads all users. A faulty one is told and left out. Takes many turns where there are new passwords. */
export function readUsers(parts: UserParts): void {
	new Reading(parts).next();
}
