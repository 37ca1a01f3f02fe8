// SPDX-License-Identifier: Apache-2.0
//
// Parameters of the SNMP agent: who may ask, what they may do, whom traps go to.
// Names: AudioCodes MP-11x SIP User's Manual 6.6 (LTRT-65432), "SNMP Parameters". Lines marked "ours" have no model there, or
// differ from it: the agent is off, no community is there by default, users are plain parameters instead of a table.

import { flag, integer, text, type Parameter } from "./parameter.js";

const RESET = { reset: true };
const SECRET = { reset: true, secret: true };
const numbers: readonly number[] = [0, 1, 2, 3, 4];
const users: readonly number[] = [0, 1, 2];

const list = (name: string, maxBytes: number, summary: string, traits = RESET): readonly Parameter[] =>
	numbers.map((i) => text(`${name}_${i}`, maxBytes, summary, traits));

// prettier-ignore
const user = (i: number): readonly Parameter[] => [
	text(`SNMPUserName_${i}`, 32, "SNMPv3 user (ours)", RESET),
	text(`SNMPUserAuthProtocol_${i}`, 8, "SHA, SHA-256, SHA-384, SHA-512; empty: none, which SNMPNoAuthUsers must allow (ours)", RESET),
	text(`SNMPUserAuthPassword_${i}`, 64, "8 characters or more; empty again once the key is made of it (ours)", SECRET),
	text(`SNMPUserPrivProtocol_${i}`, 8, "AES, AES-192, AES-256; empty: messages are not encrypted (ours)", RESET),
	text(`SNMPUserPrivPassword_${i}`, 64, "8 characters or more; empty again once the key is made of it (ours)", SECRET),
	flag(`SNMPUserWrite_${i}`, 0, "whether this user may set objects (ours)", RESET),
	text(`SNMPUserView_${i}`, 255, "subtrees the user may see, as 1.3.6.1.2.1,-1.3.6.1.2.1.11; empty: all (ours)", RESET),
];

// prettier-ignore
const manager = (i: number): readonly Parameter[] => [
	text(`SNMPManagerTableIP_${i}`, 45, "address that notifications go to", RESET),
	integer(`SNMPManagerTrapPort_${i}`, 162, [1, 65535, ""], "port there", RESET),
	flag(`SNMPManagerInform_${i}`, 0, "send informs, which are acknowledged, instead of traps (ours)", RESET),
	text(`SNMPManagerEngineID_${i}`, 64, "its engine, hexadecimal: needed for informs as an SNMPv3 user; set passwords after it (ours)", RESET),
	text(`SNMPManagerTrapUser_${i}`, 32, "SNMPv3 user to notify as; empty: v2c with SNMPTrapCommunityString", RESET),
];

// prettier-ignore
export const snmpParameters: readonly Parameter[] = Object.freeze([
	flag("DisableSNMP", 1, "1: no SNMP agent (default ours: the original has 0)", RESET),
	integer("SNMPPort", 161, [1, 65535, ""], "port of the agent", RESET),
	...list("SNMPReadOnlyCommunityString", 19, "community that may read; none by default (ours)", SECRET),
	...list("SNMPReadWriteCommunityString", 19, "community that may read and set; none by default (ours)", SECRET),
	text("SNMPCommunityView", 255, "subtrees communities may see, as 1.3.6.1.2.1,-1.3.6.1.2.1.11; empty: all (ours)", RESET),
	...list("SNMPTrustedMgr", 49, "address, or network as 192.0.2.0/24 (ours), that may ask; none: all"),
	...users.flatMap(user),
	flag("SNMPNoAuthUsers", 0, "1: users without authentication are taken, to read only (ours)", RESET),
	text("SNMPTrapCommunityString", 19, "community in notifications; empty: none are sent as v2c (default ours)", SECRET),
	...numbers.slice(0, 2).flatMap(manager),
	integer("SNMPRateLimit", 100, [0, 65535, "/s"], "requests of one source that are taken; 0: all (ours)", RESET),
	flag("SNMPOriginalOIDs", 0, "answer under the original's object identifiers too (ours)", RESET),
	text("SNMPContact", 255, "sysContact (ours)"),
	text("SNMPLocation", 255, "sysLocation (ours)"),
]);
