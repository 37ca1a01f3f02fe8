// SPDX-License-Identifier: Apache-2.0
//
// The user-based security model: who sent a message, whether it is whole and timely, what it says; and the same for what we send.
// Sources: RFC 3414 sections 3.1 and 3.2, RFC 7860 section 4.2, RFC 3826 section 3.

import { encodeUTF8 } from "../bytes/text.js";
import type { Principal } from "./access.js";
import type { Counters } from "./counters.js";
import { latchedBoots, type Engine } from "./engine.js";
import type { AuthProtocol, CryptoPort } from "./protocols.js";
import { flags, type Places, type V3Message } from "./v3-message.js";

/** RFC 3414 section 2.2.3, seconds. */
const windowSeconds = 150;
const saltBytes = 8;

export interface User {
	/** Engine that the keys are good for. */
	engineID: Uint8Array;
	/** Localized for that engine. */
	auth?: { protocol: AuthProtocol; key: Uint8Array };
	priv?: { key: Uint8Array };
	principal: Principal;
}

/** The counter that says why a message is not taken; the report is authenticated for `user`, when there is one. */
export interface Rejection {
	counter: keyof Counters & ReportedCounter;
	user?: User;
}

export type ReportedCounter =
	| "unsupportedSecLevels"
	| "notInTimeWindows"
	| "unknownUserNames"
	| "unknownEngineIDs"
	| "wrongDigests"
	| "decryptionErrors"
	| "unknownContexts";

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
	if (a.length !== b.length) return false;
	let difference = 0; // looks at all bytes: how many are right must not be told by time
	for (let i = 0; i < a.length; i++) difference |= a[i] ^ b[i];
	return difference === 0;
}

function isNamed({ name }: Principal, bytes: Uint8Array): boolean {
	return sameBytes(encodeUTF8(name), bytes);
}

/** Flags of a user's messages: everything they have keys for. */
export function levelOf(user: User): number {
	return (user.auth === undefined ? 0 : flags.auth) | (user.priv === undefined ? 0 : flags.priv);
}

export interface USMOptions {
	crypto: CryptoPort;
	engine: Engine;
	random: (bytes: Uint8Array) => void;
}

export class USM {
	users: readonly User[] = [];
	readonly #crypto: CryptoPort;
	readonly #engine: Engine;
	/** Counts up from a random start: no two messages of one second are encrypted alike (RFC 3826 section 3.1.2.1). */
	readonly #salt = new Uint8Array(saltBytes);

	constructor({ crypto, engine, random }: USMOptions) {
		this.#crypto = crypto;
		this.#engine = engine;
		random(this.#salt);
	}

	/**
	 * Checks a message for our engine, and decrypts it in place.
	 * @param whole the datagram that `message` was read from; its code is overwritten
	 */
	check(message: V3Message, whole: Uint8Array): User | Rejection {
		if (!sameBytes(message.engineID, this.#engine.id)) return { counter: "unknownEngineIDs" };
		const user = this.users.find(
			({ principal, engineID }) => isNamed(principal, message.user) && sameBytes(engineID, this.#engine.id),
		);
		if (user === undefined) return { counter: "unknownUserNames" };
		/* Less than the user has keys for is refused too: nobody gets the user's rights without them. */
		const level = message.flags & (flags.auth | flags.priv);
		if (level !== levelOf(user)) return { counter: "unsupportedSecLevels" };
		if (user.auth === undefined) return user;
		if (!this.isAuthentic(user.auth, message, whole)) return { counter: "wrongDigests" };
		if (!this.isTimely(message)) return { counter: "notInTimeWindows", user };
		return this.decrypt(user, message) ? user : { counter: "decryptionErrors" };
	}

	/**
	 * Checks and decrypts a message of another engine, whose time its own caller judges.
	 * @returns whether it is the user's; less security than the user has keys for is not
	 */
	open(message: V3Message, whole: Uint8Array, user: User): boolean {
		if (user.auth === undefined || (message.flags & flags.auth) === 0) return false;
		if (!isNamed(user.principal, message.user) || !this.isAuthentic(user.auth, message, whole)) return false;
		return !message.encrypted || this.decrypt(user, message);
	}

	/** @returns the user with the keys for an engine */
	userOf(wanted: string, engine: Uint8Array): User | undefined {
		return this.users.find(({ principal, engineID }) => principal.name === wanted && sameBytes(engineID, engine));
	}

	/** Salt for a message that is to be encrypted; empty for others. */
	nextSalt(level: number): Uint8Array {
		if ((level & flags.priv) === 0) return new Uint8Array(0);
		const salt = this.#salt;
		for (let i = saltBytes - 1; i >= 0; i--) {
			salt[i]++;
			if (salt[i] !== 0) break;
		}
		return salt.slice();
	}

	/** Room for the code of a message. */
	noCode(user: User | undefined): Uint8Array {
		return new Uint8Array(user?.auth?.protocol.codeBytes ?? 0);
	}

	/** Encrypts a message that was just written, and puts its code in. */
	protect(
		whole: Uint8Array,
		places: Places,
		user: User,
		head: Pick<V3Message, "flags" | "boots" | "time" | "salt">,
	): void {
		if ((head.flags & flags.priv) !== 0 && user.priv !== undefined)
			this.#crypto.cfb(false, user.priv.key, start(head), whole.subarray(places.start, places.end));
		if ((head.flags & flags.auth) === 0 || user.auth === undefined) return;
		const { protocol, key } = user.auth;
		const code = this.#crypto.hmac(protocol.hash, key, whole).subarray(0, protocol.codeBytes);
		whole.set(code, places.code);
	}

	/** @returns `false` for a message that cannot have been encrypted as it says */
	private decrypt({ priv }: User, message: V3Message): boolean {
		if (priv === undefined) return !message.encrypted;
		if (message.salt.length !== saltBytes) return false;
		const { input, offset, end } = message.body;
		this.#crypto.cfb(true, priv.key, start(message), input.subarray(offset, end));
		return true;
	}

	private isAuthentic({ protocol, key }: NonNullable<User["auth"]>, { code }: V3Message, whole: Uint8Array): boolean {
		if (code.length !== protocol.codeBytes) return false;
		const given = code.slice();
		code.fill(0);
		return sameBytes(given, this.#crypto.hmac(protocol.hash, key, whole).subarray(0, protocol.codeBytes));
	}

	/** RFC 3414 section 3.2 step 7 a. */
	private isTimely({ boots, time }: V3Message): boolean {
		const engine = this.#engine;
		if (engine.boots === latchedBoots || boots !== engine.boots) return false;
		return Math.abs(time - engine.time) <= windowSeconds;
	}
}

/** RFC 3826 section 3.1.2.1: boots, time, salt. */
function start({ boots, time, salt }: Pick<V3Message, "boots" | "time" | "salt">): Uint8Array {
	const bytes = new Uint8Array(16);
	const view = new DataView(bytes.buffer);
	view.setUint32(0, boots);
	view.setUint32(4, time);
	bytes.set(salt, 8);
	return bytes;
}
