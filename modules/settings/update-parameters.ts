// SPDX-License-Identifier: Apache-2.0
//
// Parameters of the automatic update: what to fetch, when, and as whom.
// Names, ranges and defaults: AudioCodes MP-11x SIP User's Manual 6.6 (LTRT-65432), AC-SYSTEM-MIB, Mediant manuals 7.x.
// Lines marked "ours" have no model there, or differ from it. One line per parameter; lines may be long.

import { flag, integer, list, text, timeOfDay, url, userAgent, type Parameter } from "./parameter.js";

const RESET = { reset: true };
/** Without the way back to its server a gateway is lost, so a file that does not name these leaves them (ours). */
const WAY_BACK = { keep: true };
/** Whoever holds the server must not be able to switch off what protects against them (ours). */
const LOCAL = { local: true, keep: true };

// prettier-ignore
export const updateParameters: readonly Parameter[] = Object.freeze([
	url("IniFileURL", "configuration file, fetched at each update", { reset: true, ...WAY_BACK }),
	url("IniFileTemplateURL", "second configuration file, applied after the first", RESET),
	url("TemplateUrl", "URL with <FILE>, for the kinds of AupdFilesList that have no URL of their own"),
	list("AupdFilesList", 127, [], "kinds of file that TemplateUrl serves: 'ini', 'fk', 'cpt', ..."),
	url("AutoCmpFileUrl", "firmware, fetched at each update, installed when it is newer"),
	url("CmpFileURL", "firmware, fetched once; needs AutoUpdateCmpFile = 1", RESET),
	flag("AutoUpdateCmpFile", 0, "whether CmpFileURL may be fetched", RESET),
	flag("AutoUpdateOnStartup", 1, "update after each start (ours; the original has only a CLI switch)"),
	integer("AutoUpdateStartupRandomTime", 30, [0, 3600, "s"], "random delay of it after the power was off (ours)"),
	integer("AutoUpdateFrequency", 0, [0, 65536, "min"], "time between updates; 0 is off", RESET),
	integer("AutoUpdateFreqencySeconds", 0, [0, 604800, "s"], "the same in seconds; the spelling is the original's", RESET),
	integer("AutoUpdateFrequencySpread", 10, [0, 50, "%"], "each of these waits is shorter by a random part, up to this; 0 is exact (ours)"),
	timeOfDay("AutoUpdatePredefinedTime", "time of day of an update, HH:MM", RESET),
	integer("AutoUpdatePredefinedRandomTime", 300, [0, 86400, "s"], "random delay after it (upper limit ours)"),
	userAgent("AupdHttpUserAgent", "Mozilla/4.0 (compatible; upgate; <NAME>;<VER>;<MAC>;<CONF>)", "User-Agent text with its tags"),
	text("AUPDDigestUsername", 50, "user for the server where the URL names none (length ours)", WAY_BACK),
	text("AUPDDigestPassword", 50, "password for it", { secret: true, ...WAY_BACK }),
	text("AUPDUserPassword", 101, "user:password, for Basic and Digest", { secret: true, ...WAY_BACK }),
	flag("AUPDVerifyCertificates", 1, "verify the server's certificate (default ours: the original has 0)", RESET),
	flag("AUPDVerifySignature", 1, "take only firmware that a trusted key has signed (ours); never changed by a fetched file", LOCAL),
	flag("AllowDowngrade", 0, "take firmware older than the running one, but not below its secure version (ours)"),
	integer("AUPDCheckIfIniChanged", 0, [0, 2, ""], "pass over an unchanged file: 0 no, 1 whole file, 2 lines in any order"),
	integer("AUPDTftpBlockSize", 512, [8, 65464, "bytes"], "largest TFTP block to ask for (limits: RFC 2348)"),
	text("AUPDInterface", 39, "IPv4 interface to use; kept for files that name it: there is one interface here"),
	text("AUPDIPv6Interface", 39, "IPv6 interface to use; kept for files that name it"),
	flag("AupdUseZeroConfCerts", 0, "use the certificates of zero configuration (default ours: the original's is not known)"),
	flag("AupdGracefulShutdown", 0, "new settings, too, wait for calls to end, as AdminStateLockControl says (default ours)"),
	integer("AupdTrialTime", 300, [10, 86400, "s"], "time in which a new state must reach the server (ours)"),
]);

// prettier-ignore
export const fileParameters: readonly Parameter[] = Object.freeze([
	url("CptFileURL", "call progress tones, once"),
	url("PrtFileURL", "prerecorded tones, once"),
	url("VpFileURL", "voice prompts, once"),
	url("FXSCoeffFileURL", "FXS coefficients, once"),
	url("FXOCoeffFileURL", "FXO coefficients, once"),
	url("CasFileUrl", "CAS table, once"),
	url("DialPlanFileUrl", "dial plan, once"),
	url("UserInfoFileURL", "user information, once", RESET),
	url("CoderTableFileUrl", "coder table, once"),
	url("APSSegmentsFileUrl", "announcement segments, once"),
	url("AMDSensitivityFileUrl", "answering machine detection, once"),
	url("VideoFontFileUrl", "video font, once (no MP-11x has it)"),
	url("V5PortConfigurationFileURL", "V5 ports, once (no MP-11x has it)"),
	url("RGCONFFILEURL", "data configuration, once (no MP-11x has it)"),
	url("FeatureKeyURL", "licence key, once"),
	url("WebLogoFileUrl", "logo of the web pages, once", RESET),
	url("TLSPkeyFileUrl", "private key, fetched once, over verified https only", RESET),
	url("TLSCertFileUrl", "device certificate with its chain, fetched once", RESET),
	url("TLSRootFileUrl", "trusted roots to add, fetched once", RESET),
]);
