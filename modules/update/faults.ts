// SPDX-License-Identifier: Apache-2.0
//
// Which failures asking again may cure within a run, by their stable codes. What lies in the URL, in this gateway, in what the
// server wants or in who it is stays until somebody changes it: such a file waits for the next trigger.

import type { TLSErrorCode } from "../tls/errors.js";

/** Beginnings of codes. */
const lasting: readonly string[] = Object.freeze([
	"URL_",
	"STORE_",
	"FLASH_",
	"OTADATA_",
	"TFTP_ACCESS",
	"TFTP_NOT_FOUND",
	"TFTP_OPTIONS",
	"TFTP_URL",
	"TLS_",
	"UPDATE_CANCELLED",
	"UPDATE_SCHEME",
	"HTTP_AUTHENTICATION_INFO",
	"HTTP_CHALLENGE",
	"HTTP_CONTENT_ENCODING",
	"HTTP_CREDENTIALS",
	"HTTP_NO_TLS",
	"HTTP_REDIRECT",
	"HTTP_REQUEST_LIMIT",
	"HTTP_UNAUTHORIZED",
]);

/** Faults of the transport below TLS, or of a moment; all others of TLS are about certificates, versions and keys. */
const passing: readonly TLSErrorCode[] = Object.freeze([
	"TLS_ALERT",
	"TLS_CLOSED",
	"TLS_CONNECTION",
	"TLS_MEMORY",
	"TLS_RECORD",
	"TLS_TIMEOUT",
	"TLS_TRUNCATED",
] as const);

/** @returns whether another try may go better than the one that ended with this code */
export function mayPass(code: string): boolean {
	if ((passing as readonly string[]).includes(code)) return true;
	return !lasting.some((start) => code.startsWith(start));
}

/** @returns whether what was thrown over a file speaks about the file, and not about this gateway */
export function isContentFault(code: string): boolean {
	return !["STORE_", "FLASH_", "UPDATE_INTERNAL"].some((start) => code.startsWith(start));
}

/** As `mayPass`, for the status of a response; any other one is the server's last word until the next trigger. */
export function statusMayPass(status: number): boolean {
	return status >= 500 || status === 408 || status === 429;
}
