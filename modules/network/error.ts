// SPDX-License-Identifier: Apache-2.0
//
// The error of the network module. Codes and their meaning stand in README.md.

export type NetworkErrorCode = "NETWORK_SSID" | "NETWORK_PASSWORD" | "NETWORK_NO_WIFI" | "NETWORK_TIME";

/** A refusal; the message never holds a password. */
export class NetworkError extends Error {
	// A field, not an assignment: Error.prototype is frozen in the firmware.
	override readonly name = "NetworkError";
	readonly code: NetworkErrorCode;

	constructor(code: NetworkErrorCode, message: string) {
		super(message);
		this.code = code;
	}
}
