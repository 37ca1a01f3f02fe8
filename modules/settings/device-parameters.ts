// SPDX-License-Identifier: Apache-2.0
//
// Parameters of the device around the update: system, network, time, TLS; those of listeners have files of their own.
// Names, ranges and defaults: AudioCodes MP-11x SIP User's Manual 6.6 (LTRT-65432), AC-SYSTEM-MIB, AcBoard, AcGateway.
// Lines marked "ours" have no model there, or differ from it.

import { flag, host, integer, keyword, text, type Parameter } from "./parameter.js";

const RESET = { reset: true };

// prettier-ignore
export const systemParameters: readonly Parameter[] = Object.freeze([
	integer("INIFileVersion", 0, [0, 4294967295, ""], "configuration version, <CONF> in the User-Agent", RESET),
	flag("ResetNow", 0, "restart as soon as this file is applied", { fileOnly: true }),
	flag("SetDefaultOnINIFileProcess", 1, "parameters that a full file does not name return to their default"),
	keyword("IniErrorPolicy", ["refuse", "skip"], "an ini with faulty lines: refuse the file, or skip those lines (ours)"),
	flag("EnableSecureStartup", 0, "update before anything else starts", RESET),
	integer("AdminStateLockControl", 0, [-1, 32768, "s"], "wait for calls to end before a restart: 0 none, -1 without limit"),
]);

// prettier-ignore
export const networkParameters: readonly Parameter[] = Object.freeze([
	host("HostName", 63, "name of this gateway; empty: made from the MAC address (ours)", RESET),
	flag("DHCPEnable", 0, "DHCP client", { keep: true }),
	integer("DHCPSpeedFactor", 1, [0, 10, ""], "lease renewal: 0 none, 1 normal, above: that many times faster", RESET),
	flag("DHCPRequestTFTPParams", 0, "ask for DHCP options 66 and 67", RESET),
	host("DNSPriServerIP", 45, "first name server"),
	host("DNSSecServerIP", 45, "second name server"),
]);

// prettier-ignore
export const timeParameters: readonly Parameter[] = Object.freeze([
	host("NTPServerIP", 255, "time server"),
	integer("NTPServerUTCOffset", 0, [-43200, 43200, "s"], "local time minus UTC"),
	integer("NTPUpdateInterval", 86400, [0, 31536000, "s"], "time between requests; 0 is off (limits ours)"),
]);

// prettier-ignore
export const tlsParameters: readonly Parameter[] = Object.freeze([
	text("HTTPSCertFileName", 47, "device certificate in use", RESET),
	text("HTTPSRootFileName", 47, "trusted roots in use", RESET),
	text("HTTPSPkeyFileName", 47, "private key in use", RESET),
	flag("OcspEnable", 0, "ask an OCSP responder about certificates"),
	host("OcspServerIP", 255, "first OCSP responder"),
	host("OcspSecondaryServerIP", 255, "second OCSP responder"),
	integer("OcspServerPort", 2560, [1, 32767, ""], "port of the responders"),
	integer("OcspDefaultResponse", 0, [0, 1, ""], "where no responder answers: 0 reject, 1 allow"),
]);
