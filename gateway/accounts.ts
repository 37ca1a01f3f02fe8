// SPDX-License-Identifier: Apache-2.0
//
// The operator's password: one for the console and the web pages, each with its own failures to wait for.

import { LoginGuard } from "upgate/accounts/guard";
import { Password } from "upgate/accounts/password";
import { rounds } from "upgate/accounts/rounds";
import type { LoginPort } from "upgate/console/login";
import type { RecordStore } from "upgate/update/interfaces";
import type { Gear } from "./gear.js";

export interface Accounts {
	password: Password;
	guard: LoginGuard;
}

export function makeAccounts({ timer, ticks, random }: Gear, records: RecordStore): Accounts {
	return {
		password: new Password({ records, rounds, timer, random }),
		guard: new LoginGuard({ ticks }),
	};
}

const source = "console";

/** The log-in at the serial line. */
export class ConsoleLogin implements LoginPort {
	readonly #accounts: Accounts;

	constructor(accounts: Accounts) {
		this.#accounts = accounts;
	}

	get required(): boolean {
		return this.#accounts.password.isSet;
	}

	waitMs(): number {
		return this.#accounts.guard.waitMs(source);
	}

	async verify(text: string): Promise<boolean> {
		const { password, guard } = this.#accounts;
		const right = await password.verify(text);
		if (right) guard.succeeded(source);
		else guard.failed(source);
		return right;
	}
}
