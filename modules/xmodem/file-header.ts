// SPDX-License-Identifier: Apache-2.0
//
// Block 0 of a YMODEM batch: name NUL length, and more fields that nobody needs here. A name that is empty ends the batch.
// Source: "XMODEM/YMODEM Protocol Reference" (Forsberg, 1988) section 5.

const space = 0x20;
const zero = 0x30;
/** Digits of a length that is taken; a longer one is none. */
const mostDigits = 10;

export interface FileHeader {
	/** There is a file: its name is not looked at. */
	named: boolean;
	/** Bytes of the file, where the sender says it. */
	length: number | undefined;
}

/** @param block data of a block; never throws: what is not understood is not there */
export function readFileHeader(block: Uint8Array): FileHeader {
	const end = block.indexOf(0);
	if (end <= 0) return { named: end < 0, length: undefined };
	let length = 0;
	let at = end + 1;
	while (at < block.length && block[at] >= zero && block[at] <= zero + 9) length = 10 * length + block[at++] - zero;
	const digits = at - end - 1;
	const whole = digits > 0 && digits <= mostDigits && (at === block.length || block[at] === 0 || block[at] === space);
	return { named: true, length: whole ? length : undefined };
}
