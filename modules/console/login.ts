// SPDX-License-Identifier: Apache-2.0
//
// Who may type commands: while a password is set, whoever knows it, until log-out or until nobody has typed for a while. Asks by a
// Question; how passwords are kept and compared, and how long to wait after wrong ones, is the port's.

import type { TimerHandle, TimerService } from "../ecma419/timer.js";
import type { CommandAnswer, Question } from "./commands.js";
import { CommandError } from "./error.js";

export interface LoginPort {
	/** A password is set. */
	readonly required: boolean;
	/** Milliseconds until the next try is looked at. */
	waitMs(): number;
	/** Notes a failure too. */
	verify(text: string): Promise<boolean>;
}

export interface LoginOwner {
	/** The operator has been logged out; by the timer. */
	loggedOut(): void;
}

/** Time without a key after which an operator is logged out, at the latest after twice as long, ms. */
export const idleMs = 300_000;

export class Login {
	readonly #port: LoginPort;
	readonly #timer: TimerService;
	readonly #owner: LoginOwner;
	#idle: TimerHandle | undefined;
	#typed = false;
	#open: boolean;

	constructor(port: LoginPort, timer: TimerService, owner: LoginOwner) {
		this.#port = port;
		this.#timer = timer;
		this.#owner = owner;
		this.#open = !port.required;
		if (this.#open) this.watch();
	}

	/** Nobody is logged in, and somebody has to be. Who is there when the first password is set may stay. */
	get locked(): boolean {
		return !this.#open && this.#port.required;
	}

	/** Made when somebody is asked. */
	question(): Question {
		return { question: "password:", secret: true, answered: (text) => this.answered(text) };
	}

	/** A key came. */
	typed(): void {
		this.#typed = true;
	}

	/** @returns whether there is anything to log out of */
	logout(): boolean {
		if (!this.#port.required) return false;
		this.close();
		this.#open = false;
		return true;
	}

	close(): void {
		this.#timer.clear(this.#idle);
		this.#idle = undefined;
	}

	private async answered(text: string): Promise<CommandAnswer> {
		const wait = this.#port.waitMs();
		if (wait > 0) throw new CommandError("CONSOLE_LOGIN", `too many wrong ones: wait ${Math.ceil(wait / 1000)} s`);
		if (!(await this.#port.verify(text))) throw new CommandError("CONSOLE_LOGIN", "wrong password");
		this.#open = true;
		this.watch();
		return [];
	}

	private watch(): void {
		this.#typed = false;
		this.#idle = this.#timer.set(() => this.looked(), idleMs);
	}

	private looked(): void {
		this.#idle = undefined;
		// A password may be set meanwhile, here or elsewhere.
		if (this.#typed || !this.#port.required) return this.watch();
		this.#open = false;
		this.#owner.loggedOut();
	}
}
