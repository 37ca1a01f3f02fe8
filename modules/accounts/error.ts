// SPDX-License-Identifier: Apache-2.0
//
// The one error class of accounts. No message holds a password or a hash.

export type AccountsErrorCode =
	"ACCOUNTS_BUSY" | "ACCOUNTS_HASH" | "ACCOUNTS_LENGTH" | "ACCOUNTS_RECORD" | "ACCOUNTS_WRONG";

export class AccountsError extends Error {
	override readonly name = "AccountsError";
	/** Stable; see README.md. */
	readonly code: AccountsErrorCode;

	constructor(code: AccountsErrorCode, message: string) {
		super(message);
		this.code = code;
	}
}
