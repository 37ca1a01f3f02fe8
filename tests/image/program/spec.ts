// SPDX-License-Identifier: Apache-2.0
//
// What the test program is told.

/** Changes of one byte each, undone before the next. */
export interface Flip {
	/** First byte, and the one behind the last. */
	from: number;
	to: number;
	/** Default 1. */
	step?: number;
	/** XORed onto the byte, one after the other. */
	masks: number[];
	/** Where a block begins whose CRC is to be right again after the change. */
	repair?: number;
}

export interface Spec {
	/** SubjectPublicKeyInfo, hexadecimal. */
	trusted: string[];
	revoked?: string[];
	chip: number;
	flip?: Flip;
	/** Cut at so many places, evenly. */
	cuts?: number;
	/** Print the native heap. */
	memory?: boolean;
}
