// SPDX-License-Identifier: Apache-2.0
//
// Parameters of the automatic update around its files: how calls are spared.
// Names: AudioCodes Mediant manuals 7.x; lines marked "ours" have no model there, or differ from it.

import { flag, text, url, type Parameter } from "./parameter.js";

// prettier-ignore
export const templateParameters: readonly Parameter[] = Object.freeze([
	url("TemplateUrl", "URL with <FILE>, for the kinds of AupdFilesList that have no URL of their own"),
	text("AupdFilesList", 127, "kinds of file that TemplateUrl serves: ini,fk,cpt"),
	url("AMDSensitivityFileUrl", "answering machine detection, once"),
]);

// prettier-ignore
export const callParameters: readonly Parameter[] = Object.freeze([
	flag("AupdGracefulShutdown", 0, "new settings, too, wait for calls to end, as AdminStateLockControl says (default ours)"),
]);
