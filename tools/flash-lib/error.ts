// SPDX-License-Identifier: Apache-2.0
//
// What the flash tool says instead of a stack trace.

/** A reason the tool cannot go on, told to the user as it is. */
export class FlashError extends Error {
	/** FLASH_ and BUILD, BUSY, CHIP, CONNECT, IMAGE, INPUT, NO_PORT, PERMISSION, PORT, PORTS, SDK, SECURED, SIZE, USAGE, VERIFY or WRITE. */
	readonly code: string;

	constructor(code: string, message: string, options?: { cause?: unknown }) {
		super(message, options);
		this.name = "FlashError";
		this.code = code;
	}
}
