// SPDX-License-Identifier: Apache-2.0
//
// What the flash chip has done since this firmware was started; Linux only (a real chip keeps no such account).

export interface FlashStatistics {
	reads: number;
	bytesRead: number;
	/** Page programs: one takes up to 256 bytes of one page. */
	programs: number;
	/** Bytes programmed. */
	bytes: number;
	/** Erases of 4 KB. */
	sectorErases: number;
	/** Erases of 64 KB. */
	blockErases: number;
	/** Time a real chip would have been busy programming and erasing. */
	busyMicroseconds: number;
	/** The most of it within one turn of the event loop. */
	longestMicroseconds: number;
}

/**
 * Reads the counters; all zero at the start of the firmware.
 * @throws Error when the board has no flash
 */
export function flashStatistics(this: unknown): FlashStatistics {
	return native("xs_flash_statistics").call(this);
}
