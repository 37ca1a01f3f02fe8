// SPDX-License-Identifier: Apache-2.0
//
// The options of a transfer: what is asked for, and what the server makes of it. Pure.
// Sources: RFC 2347, RFC 2348 (blksize), RFC 2349 (timeout, tsize).

import { TFTPError } from "./error.js";

/** RFC 1350: blocks where nothing else was agreed. */
export const plainBlockSize = 512;
/** RFC 2348. */
export const blockSizes = Object.freeze({ min: 8, max: 65464 } as const);

export interface Agreement {
	blockSize: number;
	/** Length of the file, where the server tells it. */
	size: number | undefined;
}

export const nothingAgreed: Agreement = Object.freeze({ blockSize: plainBlockSize, size: undefined });

/**
 * @param blockSize bytes, 8 to 65464; 512 is not asked for, as it needs no agreement
 * @param timeoutSeconds after which the server repeats itself, 1 to 255
 */
export function requestOptions(blockSize: number, timeoutSeconds: number): [string, string][] {
	const options: [string, string][] = [
		["tsize", "0"],
		["timeout", String(timeoutSeconds)],
	];
	if (blockSize !== plainBlockSize) options.push(["blksize", String(blockSize)]);
	return options;
}

function refuse(name: string, value: string): never {
	throw new TFTPError("TFTP_OPTIONS", `the server answers option ${name} with "${value.slice(0, 20)}"`);
}

function toNumber(name: string, value: string): number {
	return /^[0-9]{1,15}$/.test(value) ? Number(value) : refuse(name, value);
}

/**
 * Judges the server's acknowledgement: it may leave options out, lower the block size, and nothing else.
 * @throws TFTPError TFTP_OPTIONS
 */
export function agree(
	asked: readonly (readonly [string, string])[],
	answered: readonly (readonly [string, string])[],
): Agreement {
	const agreement: Agreement = { ...nothingAgreed };
	for (const [name, value] of answered) {
		const wanted = asked.find(([other]) => other === name)?.[1];
		if (wanted === undefined) refuse(name.slice(0, 20), "anything, unasked");
		const number = toNumber(name, value);
		if (name === "tsize") agreement.size = number;
		else if (name === "timeout" && number !== Number(wanted)) refuse(name, value);
		else if (name === "blksize") {
			if (number < blockSizes.min || number > Number(wanted)) refuse(name, value);
			agreement.blockSize = number;
		}
	}
	return agreement;
}
