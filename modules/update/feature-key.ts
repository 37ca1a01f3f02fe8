// SPDX-License-Identifier: Apache-2.0
//
// Feature keys: a text file with a line `S/N <serial number>` for each gateway it is for, and after it `= <key>`. Checked is only
// whether this gateway is meant; what a key allows is nobody's business here. Source: AudioCodes Automatic Update, "License key".
// The serial number is the decimal number of the last three bytes of the MAC, as on the original's labels.

import { decodeUTF8 } from "../bytes/text.js";

/** @param mac six bytes @returns 0 to 16777215, decimal */
export function serialNumber(mac: Uint8Array): string {
	return String((mac[3] << 16) | (mac[4] << 8) | mac[5]);
}

/**
 * @param bytes the whole file
 * @returns the serial numbers it names, without leading zeros
 */
export function serialsOf(bytes: Uint8Array): string[] {
	const pattern = /^\s*s\/n\s*([0-9]{1,12})\b/i;
	const serials: string[] = [];
	for (const line of decodeUTF8(bytes).split("\n")) {
		const found = pattern.exec(line);
		if (found !== null) serials.push(String(Number(found[1])));
	}
	return serials;
}
