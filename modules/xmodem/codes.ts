// SPDX-License-Identifier: Apache-2.0
//
// Bytes, times and limits of the receiver. Source: "XMODEM/YMODEM Protocol Reference" (Forsberg, 1988); sections stand at each.

/** Sections 7.1, 4.3 and 8.2; ETX is what Ctrl-C at a terminal sends. */
export const code = Object.freeze({
	soh: 0x01,
	stx: 0x02,
	etx: 0x03,
	eot: 0x04,
	ack: 0x06,
	bs: 0x08,
	nak: 0x15,
	can: 0x18,
	crc: 0x43,
});

export const shortBlock = 128;
export const longBlock = 1024;

/** For a sender to begin: after it, `C` is sent again (section 8.2.1). ms */
export const startSilence = 3_000;
/** For the next block (section 7.3.2). ms */
export const blockSilence = 10_000;
/** Within a block, and for a line to be clear (section 7.3.2). ms */
export const byteSilence = 1_000;
/** For a sender to leave the line, once it knows that all is well. ms */
export const leaveSilence = 100;

/** Errors on end after which the next one ends the transfer (section 7.3.1). */
export const mostErrors = 10;
/** Bytes after which a line that does not get clear is one error more. */
export const mostPurged = 4096;
/** CAN bytes that end a transfer: two would do, and one may be lost. */
export const cancels: readonly number[] = Object.freeze(new Array<number>(10).fill(code.can));

/** CAN bytes in a row, and silence, that end a transfer also within a block: a sender that is stopped sends eight and as many BS. */
export const leastCans = 5;

/** @returns how many CAN stand at the end, BS behind them passed over. @param before how many stood before `bytes` */
export function countCans(before: number, bytes: ArrayLike<number>): number {
	let count = before;
	for (let i = 0; i < bytes.length; i++) {
		if (bytes[i] === code.can) count++;
		else if (bytes[i] !== code.bs) count = 0;
	}
	return count;
}

export type State =
	| "waiting"
	| "block"
	| "full"
	| "purging"
	| "ending"
	| "ended"
	| "interrupted"
	| "closing"
	| "done"
	| "draining"
	| "failed";

/** States in which bytes wait, or are not for us. */
export const deaf: readonly State[] = Object.freeze<State[]>(["full", "ended", "done", "failed"]);
