// SPDX-License-Identifier: Apache-2.0
//
// The error of the SIP module. Codes and their meaning stand in README.md.

export type SIPErrorCode =
	| "SIP_ADDRESS"
	| "SIP_AUTHORIZATION"
	| "SIP_BODY"
	| "SIP_CALL_ID"
	| "SIP_CONTENT_LENGTH"
	| "SIP_CONTENT_TYPE"
	| "SIP_CSEQ"
	| "SIP_EVENT"
	| "SIP_FIELD"
	| "SIP_FIELDS"
	| "SIP_LENGTH"
	| "SIP_LINE"
	| "SIP_MAX_FORWARDS"
	| "SIP_MISSING"
	| "SIP_REQUIRE"
	| "SIP_SOURCE"
	| "SIP_START_LINE"
	| "SIP_TWICE"
	| "SIP_VERSION"
	| "SIP_VIA";

/** A refusal of a message, or of a list of sources; quotes neither, as they come from strangers. */
export class SIPError extends Error {
	// A field, not an assignment: Error.prototype is frozen in the firmware.
	override readonly name = "SIPError";
	readonly code: SIPErrorCode;
	/** Byte position in the message, or character position in the list. */
	readonly offset: number;

	constructor(code: SIPErrorCode, offset: number, message: string) {
		super(message);
		this.code = code;
		this.offset = offset;
	}
}
