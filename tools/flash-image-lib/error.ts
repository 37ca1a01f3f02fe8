// SPDX-License-Identifier: Apache-2.0
//
// What the flash image tool says instead of a stack trace.

/** A reason a flash file cannot be made or read, told to the user as it is. */
export class FlashImageError extends Error {
	/** FLASH_IMAGE_ and FILE, INPUT, OUTPUT, PARTITIONS, SIZE, TABLE or USAGE. */
	readonly code: string;

	constructor(code: string, message: string, options?: { cause?: unknown }) {
		super(message, options);
		this.name = "FlashImageError";
		this.code = code;
	}
}
