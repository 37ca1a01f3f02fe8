// SPDX-License-Identifier: Apache-2.0
//
// In the place of gateway/sip.ts, in firmware without modules/sip.

import { Absent } from "upgate/gateway/absent";
import type { SIPParts } from "../sip.js";

export function makeSIP({ settings }: SIPParts): Absent {
	return new Absent("sip", () => settings.flag("EnableSIPRemoteReset"));
}
