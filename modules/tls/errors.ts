// SPDX-License-Identifier: Apache-2.0
//
// The one error class of TLS. What each code means stands in README.md. Messages name certificates, never keys.

export type TLSErrorCode =
	| "TLS_ALERT"
	| "TLS_ALPN"
	| "TLS_CA_USAGE"
	| "TLS_CERTIFICATE"
	| "TLS_CERTIFICATE_MISSING"
	| "TLS_CHAIN_LENGTH"
	| "TLS_CLOSED"
	| "TLS_CONNECTION"
	| "TLS_EXPIRED"
	| "TLS_HANDSHAKE"
	| "TLS_ISSUER_MISSING"
	| "TLS_KEY"
	| "TLS_KEY_MISMATCH"
	| "TLS_MEMORY"
	| "TLS_NAME"
	| "TLS_NOT_CA"
	| "TLS_NOT_TRUSTED"
	| "TLS_NOT_YET_VALID"
	| "TLS_NO_ROOTS"
	| "TLS_OPTION"
	| "TLS_PATH_LENGTH"
	| "TLS_RECORD"
	| "TLS_RECORD_SIZE"
	| "TLS_REFUSED"
	| "TLS_REFUSED_LATE"
	| "TLS_ROOT_UNKNOWN"
	| "TLS_SELF_SIGNED"
	| "TLS_SIGNATURE"
	| "TLS_TIMEOUT"
	| "TLS_TRUNCATED"
	| "TLS_USAGE"
	| "TLS_VERSION"
	| "TLS_WEAK_HASH"
	| "TLS_WEAK_KEY";

export class TLSError extends Error {
	// A field, not an assignment: Error.prototype is frozen in the firmware.
	override readonly name = "TLSError";
	/** Stable; see README.md. */
	readonly code: TLSErrorCode;
	/** Mbed TLS's own, as it prints them: 0x2700 for MBEDTLS_ERR_X509_CERT_VERIFY_FAILED; 0 when it is not the library's failure. */
	readonly number: number;
	/** Alert number of RFC 8446 section 6 that the peer sent, where it could be seen. */
	readonly alert: number | undefined;

	constructor(code: TLSErrorCode, message: string, details: { number?: number; alert?: number; cause?: unknown } = {}) {
		super(message);
		this.code = code;
		this.number = details.number ?? 0;
		this.alert = details.alert;
		if (details.cause !== undefined) this.cause = details.cause;
	}
}
