// SPDX-License-Identifier: Apache-2.0
//
// In the place of gateway/snmp.ts, in firmware without modules/snmp.

import { Absent } from "upgate/gateway/absent";
import type { ManagementParts } from "../snmp.js";

export class Management extends Absent {
	constructor({ settings }: ManagementParts) {
		super("snmp", () => !settings.flag("DisableSNMP"));
	}
}
