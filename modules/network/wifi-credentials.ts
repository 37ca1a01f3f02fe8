// SPDX-License-Identifier: Apache-2.0
//
// Name and password of the Wi-Fi network, checked, and as the bytes of one store record.
// Sources: IEEE 802.11-2020 section 9.4.2.2 (SSID); IEEE 802.11-2020 annex J.4 (pass-phrase of WPA2, password of WPA3).
//
//   record:  length of the SSID (1 byte) | SSID, UTF-8 | password, ASCII; none for an open network

import { decodeUTF8, encodeUTF8 } from "../bytes/text.js";
import { NetworkError } from "./error.js";

/** Name of the store record. */
export const wifiRecord = "network.wifi";

export interface WiFiCredentials {
	/** 1 to 32 bytes of UTF-8. */
	ssid: string;
	/** 8 to 63 printable ASCII characters, 64 hex digits, or empty for an open network. */
	password: string;
}

const limits = Object.freeze({ ssid: 32, least: 8, most: 63 });

/** @throws NetworkError NETWORK_SSID, NETWORK_PASSWORD */
export function encodeCredentials({ ssid, password }: WiFiCredentials): Uint8Array {
	const name = encodeUTF8(ssid);
	if (name.length < 1 || name.length > limits.ssid || ssid.includes("\0"))
		throw new NetworkError("NETWORK_SSID", `the name of a network has 1 to ${limits.ssid} bytes`);
	const isPhrase = /^[ -~]*$/.test(password) && password.length >= limits.least && password.length <= limits.most;
	if (password !== "" && !isPhrase && !/^[0-9A-Fa-f]{64}$/.test(password))
		throw new NetworkError(
			"NETWORK_PASSWORD",
			`a password has ${limits.least} to ${limits.most} characters, or 64 hex digits`,
		);
	const secret = encodeUTF8(password);
	const record = new Uint8Array(1 + name.length + secret.length);
	record[0] = name.length;
	record.set(name, 1);
	record.set(secret, 1 + name.length);
	return record;
}

/** @returns `undefined` for a record that is none: the operator types it anew */
export function decodeCredentials(record: Uint8Array | undefined): WiFiCredentials | undefined {
	if (record === undefined || record.length < 2 || record.length < 1 + record[0]) return undefined;
	const end = 1 + record[0];
	const credentials = { ssid: decodeUTF8(record.slice(1, end)), password: decodeUTF8(record.slice(end)) };
	try {
		encodeCredentials(credentials);
		return credentials;
	} catch {
		return undefined;
	}
}
