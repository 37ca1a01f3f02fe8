// SPDX-License-Identifier: Apache-2.0
//
// The error of the TFTP client. Codes and their meaning stand in README.md; no message holds a credential.

export type TFTPErrorCode =
	| "TFTP_ACCESS"
	| "TFTP_CLOSED"
	| "TFTP_NOT_FOUND"
	| "TFTP_OPTIONS"
	| "TFTP_PACKET"
	| "TFTP_RESOLVE"
	| "TFTP_SERVER"
	| "TFTP_SIZE"
	| "TFTP_SOCKET"
	| "TFTP_TIMEOUT"
	| "TFTP_TOO_SLOW"
	| "TFTP_URL";

export class TFTPError extends Error {
	override readonly name = "TFTPError";
	readonly code: TFTPErrorCode;
	/** Byte position in the packet, or character position in the URL, from 0, where there is one. */
	readonly offset: number | undefined;

	constructor(code: TFTPErrorCode, message: string, details: { offset?: number; cause?: unknown } = {}) {
		super(message);
		this.code = code;
		this.offset = details.offset;
		if (details.cause !== undefined) this.cause = details.cause;
	}
}
