// SPDX-License-Identifier: Apache-2.0
//
// The error of this module. Codes are listed in README.md.

/** Why a slot or the boot selection could not be written. */
export class FlashError extends Error {
	override readonly name: string = "FlashError";
	/** Stable, FLASH_... or OTADATA_... */
	readonly code: string;
	/** Byte position in the partition, where there is one. */
	readonly offset: number | undefined;

	/**
	 * @param code stable code
	 * @param message what was expected and found
	 * @param details.offset byte position in the partition
	 * @param details.cause what the flash driver threw
	 */
	constructor(code: string, message: string, details: { offset?: number; cause?: unknown } = {}) {
		super(message, details.cause === undefined ? undefined : { cause: details.cause });
		this.code = code;
		this.offset = details.offset;
	}
}
