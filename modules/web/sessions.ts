// SPDX-License-Identifier: Apache-2.0
//
// Who is logged in: a few sessions in memory, each with a name that only its cookie knows and a token that only its pages know. A
// restart ends them all.

import { toHex } from "../bytes/hex.js";

const nameBytes = 16;

export interface Session {
	/** Value of the cookie. */
	readonly id: string;
	/** What requests that change something must bring besides the cookie. */
	readonly token: string;
	/** Ticks of the log-in, and of the last request of a person. */
	readonly began: number;
	used: number;
}

export interface SessionsOptions {
	/** Monotonic milliseconds. */
	ticks(): number;
	random(bytes: Uint8Array): void;
	/** A session ends so many ms after its last request. */
	idleMs(): number;
	/** And in any case after so many ms. Default 12 hours. */
	mostMs?: number;
	/** Sessions at a time; the next log-in ends the one unused longest. Default 4. */
	most?: number;
}

/** Does not end at the first difference: a wrong guess must not tell how much of it was right. */
export function sameText(a: string, b: string): boolean {
	let difference = a.length ^ b.length;
	for (let i = 0; i < a.length && i < b.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
	return difference === 0;
}

export class Sessions {
	readonly #options: SessionsOptions;
	#sessions: Session[] = [];

	constructor(options: SessionsOptions) {
		this.#options = options;
	}

	open(): Session {
		this.sweep();
		const now = this.#options.ticks();
		const session: Session = { id: this.name(), token: this.name(), began: now, used: now };
		const most = this.#options.most ?? 4;
		this.#sessions = [session, ...this.#sessions.sort((a, b) => b.used - a.used).slice(0, most - 1)];
		return session;
	}

	/** @param touch whether this is a person's doing, which keeps the session */
	find(id: string | undefined, touch = true): Session | undefined {
		this.sweep();
		if (id === undefined) return undefined;
		const session = this.#sessions.find((item) => sameText(item.id, id));
		if (session !== undefined && touch) session.used = this.#options.ticks();
		return session;
	}

	/** Whether it has not ended since. */
	has(session: Session): boolean {
		this.sweep();
		return this.#sessions.includes(session);
	}

	end(session: Session): void {
		this.#sessions = this.#sessions.filter((item) => item !== session);
	}

	/** Ends all but one: a new password locks the others out. */
	endOthers(session: Session): void {
		this.#sessions = this.#sessions.filter((item) => item === session);
	}

	private sweep(): void {
		const { mostMs = 12 * 3600 * 1000 } = this.#options;
		const now = this.#options.ticks();
		const idle = this.#options.idleMs();
		this.#sessions = this.#sessions.filter(({ used, began }) => now - used < idle && now - began < mostMs);
	}

	private name(): string {
		const bytes = new Uint8Array(nameBytes);
		this.#options.random(bytes);
		return toHex(bytes);
	}
}
