// SPDX-License-Identifier: Apache-2.0
//
// Parameters of the syslog client.
// Names, ranges and defaults: AudioCodes MP-11x SIP User's Manual 6.6 (LTRT-65432), "Syslog parameters". "ours": differs from it.

import { flag, host, integer, type Parameter } from "./parameter.js";

// prettier-ignore
export const syslogParameters: readonly Parameter[] = Object.freeze([
	flag("EnableSyslog", 0, "send events to SyslogServerIP"),
	host("SyslogServerIP", 255, "syslog server, name or address; 0.0.0.0 is none (a name and its length ours)"),
	integer("SyslogServerPort", 514, [1, 65535, ""], "UDP port of the syslog server"),
	integer("SyslogFacility", 16, [16, 23, ""], "facility of the messages: 16 is local0, 23 is local7"),
]);
