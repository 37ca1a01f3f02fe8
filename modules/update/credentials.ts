// SPDX-License-Identifier: Apache-2.0
//
// User names and passwords of the settings, for servers whose URL names none. AUPDDigestUsername and AUPDDigestPassword are for
// Digest only, as in versions 6.6 to 7.2; AUPDUserPassword, of later ones, serves Basic too.
// Source: AudioCodes Automatic Update, "Access authentication with HTTP server".

import type { Credentials } from "../http/credentials.js";
import type { SettingsReader } from "./interfaces.js";

/** @returns in order of preference; none when none is set */
export function settingsCredentials(settings: SettingsReader): Credentials[] {
	const list: Credentials[] = [];
	const user = settings.text("AUPDDigestUsername");
	if (user !== "") list.push({ user, password: settings.text("AUPDDigestPassword"), digestOnly: true });
	const pair = settings.text("AUPDUserPassword");
	const colon = pair.indexOf(":");
	// The password may hold colons, the user may not (RFC 7617 section 2).
	if (colon > 0) list.push({ user: pair.slice(0, colon), password: pair.slice(colon + 1) });
	else if (colon < 0 && pair !== "") list.push({ user: pair, password: "" });
	return list;
}
