// SPDX-License-Identifier: Apache-2.0
//
// The one error class of the certificate store. What each code means stands in README.md. Messages name certificates, never keys'
// contents.

export type CertificatesErrorCode =
	| "CERTIFICATES_AMBIGUOUS"
	| "CERTIFICATES_CHAIN"
	| "CERTIFICATES_DAMAGED"
	| "CERTIFICATES_ENCRYPTED"
	| "CERTIFICATES_FORMAT"
	| "CERTIFICATES_IN_USE"
	| "CERTIFICATES_KIND"
	| "CERTIFICATES_LAST_ROOT"
	| "CERTIFICATES_LIMIT"
	| "CERTIFICATES_MISMATCH"
	| "CERTIFICATES_NOT_CA"
	| "CERTIFICATES_REQUEST"
	| "CERTIFICATES_REVOKED"
	| "CERTIFICATES_UNKNOWN"
	| "CERTIFICATES_WEAK";

export class CertificatesError extends Error {
	// A field, not an assignment: Error.prototype is frozen in the firmware.
	override readonly name = "CertificatesError";
	/** Stable; see README.md. */
	readonly code: CertificatesErrorCode;
	/** Mbed TLS's own, as it prints them; 0 when it is not the library's failure. */
	readonly number: number;

	/** @param status what a native function returned */
	constructor(code: CertificatesErrorCode, message: string, status = 0) {
		super(status === 0 ? message : `${message} (Mbed TLS 0x${Math.abs(status).toString(16)})`);
		this.code = code;
		this.number = Math.abs(status);
	}
}
