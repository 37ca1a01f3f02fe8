// SPDX-License-Identifier: Apache-2.0
//
// The error of the XMODEM receiver. Codes and their meaning stand in README.md.

export type XMODEMErrorCode =
	| "XMODEM_CANCELLED"
	| "XMODEM_CLOSED"
	| "XMODEM_LENGTH"
	| "XMODEM_NO_FILE"
	| "XMODEM_NO_SENDER"
	| "XMODEM_REFUSED"
	| "XMODEM_RETRIES"
	| "XMODEM_SENDER"
	| "XMODEM_SEQUENCE"
	| "XMODEM_TIMEOUT";

export class XMODEMError extends Error {
	override readonly name = "XMODEMError";
	readonly code: XMODEMErrorCode;

	constructor(code: XMODEMErrorCode, message: string) {
		super(message);
		this.code = code;
	}
}
