// SPDX-License-Identifier: Apache-2.0
//
// The objects that every agent has. Sources: RFC 3418 (system, snmp, snmpSet), RFC 3411 (snmpEngine), RFC 3412 (snmpMPDStats),
// RFC 3413 (snmpTarget), RFC 3414 (usmStats). Left out: the users' and targets' tables.

import { tag } from "../ber.js";
import type { Counters } from "../counters.js";
import { column, group, scalar, textSetting, type Group, type Node } from "../node.js";
import { errorStatus } from "../pdu.js";
import { enterprise, mib2, snmpV2 } from "./numbers.js";

/** Applications, end to end (RFC 3418, sysServices). */
const services = 72;

const counter = (id: readonly number[], name: keyof Counters): Node =>
	scalar(id, tag.counter, ({ counters }) => counters[name] % 4294967296);

/** MIB modules that are answered for, for sysORTable. */
const modules: readonly (readonly [oid: readonly number[], description: string])[] = Object.freeze([
	[[...snmpV2, 1], "MIB module for SNMP entities (RFC 3418)"],
	[[...snmpV2, 10, 3, 1, 1], "SNMP management architecture (RFC 3411)"],
	[[...snmpV2, 15, 2, 1, 1], "User-based security model (RFC 3414)"],
	[[...enterprise, 9, 10, 10], "Automatic update of a gateway"],
]);
const moduleRows = (): number => modules.length;

const system = group(
	[...mib2, 1],
	[
		scalar([1], tag.octets, ({ text, ports }) => {
			const { name, version } = ports.board.application;
			return text(`${name} ${version}`);
		}),
		scalar([2], tag.oid, () => [...enterprise, 8, 1, 1, 1]),
		scalar([3], tag.ticks, ({ engine }) => engine.upTime),
		textSetting([4], "SNMPContact", 255),
		textSetting([5], "HostName", 63),
		textSetting([6], "SNMPLocation", 255),
		scalar([7], tag.integer, () => services),
		scalar([8], tag.ticks, () => 0),
		column([9, 1, 2], tag.oid, moduleRows, (_, row) => modules[row - 1][0]),
		column([9, 1, 3], tag.octets, moduleRows, ({ text }, row) => text(modules[row - 1][1])),
		column([9, 1, 4], tag.ticks, moduleRows, () => 0),
	],
);

const snmp = group(
	[...mib2, 11],
	[
		counter([1], "inPkts"),
		counter([2], "outPkts"),
		counter([3], "inBadVersions"),
		counter([4], "inBadCommunityNames"),
		counter([5], "inBadCommunityUses"),
		counter([6], "inASNParseErrs"),
		/* authenticationFailure is never sent: 2, disabled. */
		scalar([30], tag.integer, () => 2),
		counter([31], "silentDrops"),
		scalar([32], tag.counter, () => 0),
	],
);

/** TestAndIncr: managers that set the number they have read do not overtake each other (RFC 2579). */
const snmpSet = group(
	[...snmpV2, 1, 1, 6],
	[
		scalar([1], tag.integer, ({ actions }) => actions.serial, {
			min: 0,
			max: 2147483647,
			take: (changes, value) => {
				const { actions } = changes.context;
				if (value !== actions.serial) return errorStatus.inconsistentValue;
				return changes.assign(() => actions.nextSerial());
			},
		}),
	],
);

const engine = group(
	[...snmpV2, 10, 2, 1],
	[
		scalar([1], tag.octets, (context) => context.engine.id),
		scalar([2], tag.integer, (context) => context.engine.boots),
		scalar([3], tag.integer, (context) => context.engine.time),
		scalar([4], tag.integer, (context) => context.maxMessageBytes),
	],
);

const dispatcher = group(
	[...snmpV2, 11, 2, 1],
	[counter([1], "unknownSecurityModels"), counter([2], "invalidMsgs"), counter([3], "unknownPDUHandlers")],
);

const target = group([...snmpV2, 12, 1], [counter([4], "unavailableContexts"), counter([5], "unknownContexts")]);

const users = group(
	[...snmpV2, 15, 1, 1],
	[
		counter([1], "unsupportedSecLevels"),
		counter([2], "notInTimeWindows"),
		counter([3], "unknownUserNames"),
		counter([4], "unknownEngineIDs"),
		counter([5], "wrongDigests"),
		counter([6], "decryptionErrors"),
	],
);

/** In the order of the tree: before the enterprises, and after them. */
export const standardBefore: readonly Group[] = Object.freeze([system, snmp]);
export const standardAfter: readonly Group[] = Object.freeze([snmpSet, engine, dispatcher, target, users]);
