// SPDX-License-Identifier: Apache-2.0
//
// The operator's password: one for the console and the web pages, each with its own failures to wait for.

import { LoginGuard } from "upgate/accounts/guard";
import { Password } from "upgate/accounts/password";
import { rounds } from "upgate/accounts/rounds";
import type { LoginPort } from "upgate/console/login";
import type { RecordStore } from "upgate/update/interfaces";
import type { Device } from "../modules/ecma419/device.js";

export interface Accounts {
	password: Password;
	guard: LoginGuard;
}

export function makeAccounts({ board, timer }: Device, records: RecordStore): Accounts {
	return {
		password: new Password({ records, rounds, timer, random: (bytes) => board.random(bytes) }),
		guard: new LoginGuard({ ticks: () => board.clock.ticks() }),
	};
}

const source = "console";

/** The log-in at the serial line. */
export function consoleLogin({ password, guard }: Accounts): LoginPort {
	return {
		get required() {
			return password.isSet;
		},
		waitMs: () => guard.waitMs(source),
		verify: async (text) => {
			const right = await password.verify(text);
			if (right) guard.succeeded(source);
			else guard.failed(source);
			return right;
		},
	};
}
