// SPDX-License-Identifier: Apache-2.0
//
// In the place of gateway/sip.ts, in firmware without modules/sip.

import { Absent } from "upgate/gateway/absent";
import type { SIPParts } from "../sip.js";

export class SIPService extends Absent {
	constructor({ settings }: SIPParts) {
		super("sip", () => settings.flag("EnableSIPRemoteReset"));
	}
}
