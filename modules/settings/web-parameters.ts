// SPDX-License-Identifier: Apache-2.0
//
// Parameters of the management pages.
// Names, ranges and defaults: AudioCodes MP-11x SIP User's Manual 6.6 (LTRT-65432), "Web and Telnet Parameters"; AC-SYSTEM-MIB.
// Lines marked "ours" have no model there, or differ from it.

import { flag, integer, type Parameter } from "./parameter.js";

const RESET = { reset: true };

// prettier-ignore
export const webParameters: readonly Parameter[] = Object.freeze([
	flag("DisableWebTask", 0, "web pages off", RESET),
	flag("DisableWebConfig", 0, "web pages only show, and change nothing"),
	integer("HTTPSPort", 443, [1, 65535, ""], "port of the web pages, https", RESET),
	flag("HTTPSOnly", 1, "web pages by https only (default ours: the original has 0)", RESET),
	integer("HTTPport", 80, [1, 65535, ""], "port of the web pages, http; needs HTTPSOnly = 0", RESET),
	flag("HTTPSRequireClientCertificate", 0, "web pages: browsers must show a certificate", RESET),
	integer("WebSessionTimeout", 15, [1, 100000, "min"], "web pages: log-out after so long without a request (limits ours)"),
]);
