// SPDX-License-Identifier: Apache-2.0
//
// The error of the record store. Codes and their meaning stand in README.md.

export type StoreErrorCode =
	| "STORE_CLOSED"
	| "STORE_CORRUPT"
	| "STORE_FLASH"
	| "STORE_FULL"
	| "STORE_GEOMETRY"
	| "STORE_NAME"
	| "STORE_VALUE"
	| "STORE_WORN";

/** A refusal or failure of the store; the message never holds a value. */
export class StoreError extends Error {
	// A field, not an assignment: Error.prototype is frozen in the firmware.
	override readonly name = "StoreError";
	readonly code: StoreErrorCode;

	/** @param cause the inner error, where there is one */
	constructor(code: StoreErrorCode, message: string, cause?: unknown) {
		super(message);
		this.code = code;
		if (cause !== undefined) this.cause = cause;
	}
}

/**
 * One block did not take what was erased or programmed (`block` undefined: a record was read wrongly while it was
 * copied). The commit is written again elsewhere; never leaves the module.
 */
export class BlockFailure extends Error {
	override readonly name = "BlockFailure";
	readonly block: number | undefined;

	constructor(block: number | undefined, message: string, cause?: unknown) {
		super(message);
		this.block = block;
		if (cause !== undefined) this.cause = cause;
	}
}
