// SPDX-License-Identifier: Apache-2.0
//
// All parameters of the gateway, each with the module that owns it, and the search by name.

import { networkParameters, systemParameters, timeParameters, tlsParameters } from "./device-parameters.js";
import { elementOf, type Parameter } from "./parameter.js";
import { sipParameters } from "./sip-parameters.js";
import { snmpParameters } from "./snmp-parameters.js";
import { syslogParameters } from "./syslog-parameters.js";
import { fileParameters, updateParameters } from "./update-parameters.js";
import { webParameters } from "./web-parameters.js";

/** Parameters of one owner. */
export interface ParameterGroup {
	/** Module that acts on them. */
	readonly owner: string;
	/** Section of an ini file under which they are written; sections have no meaning when a file is read. */
	readonly section: string;
	readonly parameters: readonly Parameter[];
}

function group(owner: string, section: string, parameters: readonly Parameter[]): ParameterGroup {
	return Object.freeze({ owner, section, parameters });
}

/** In the order in which people are shown them, and in which they are written. */
// prettier-ignore
export const parameterGroups: readonly ParameterGroup[] = Object.freeze([
	group("settings", "SYSTEM Params", systemParameters),
	group("update", "SYSTEM Params", updateParameters),
	group("update", "SYSTEM Params", fileParameters),
	group("network", "BSP Params", networkParameters),
	group("network", "SYSTEM Params", timeParameters),
	group("certificates", "WEB Params", tlsParameters),
	group("syslog", "SYSTEM Params", syslogParameters),
	group("sip", "SIP Params", sipParameters),
	group("snmp", "SNMP Params", snmpParameters),
	group("web", "WEB Params", webParameters),
]);

/** The same in one list. */
export const parameters: readonly Parameter[] = Object.freeze(
	parameterGroups.flatMap((each) => each.parameters as Parameter[]),
);

/** Number behind the last "_" of a name, and the name before it. */
function splitElement(key: string): { base: string; index: number } | undefined {
	const at = key.lastIndexOf("_");
	const digits = key.slice(at + 1);
	if (at <= 0 || !/^(0|[1-9][0-9]{0,3})$/.test(digits)) return undefined;
	return { base: key.slice(0, at), index: Number(digits) };
}

/** Settings are asked often: a function for each parameter, as `find` calls it, was 2 % of what an update costs. */
function withKey(table: readonly Parameter[], key: string): Parameter | undefined {
	const { length } = table;
	for (let i = 0; i < length; i++) if (table[i].key === key) return table[i];
	return undefined;
}

/**
 * @param name any letter case; of a vector its own name, or that of an element, `Name_0`
 * @returns for an element a parameter made of its vector's
 */
export function findParameter(table: readonly Parameter[], name: string): Parameter | undefined {
	const key = name.toLowerCase();
	const found = withKey(table, key);
	if (found !== undefined) return found;
	const element = splitElement(key);
	if (element === undefined) return undefined;
	const vector = withKey(table, element.base);
	const inside = vector?.elements !== undefined && element.index < vector.elements;
	return inside ? elementOf(vector, element.index) : undefined;
}

/** All parameters that have a value of their own: those of the table, and for a vector its elements. */
export function* eachParameter(table: readonly Parameter[]): IterableIterator<Parameter> {
	for (const parameter of table) {
		if (parameter.elements === undefined) yield parameter;
		else for (let i = 0; i < parameter.elements; i++) yield elementOf(parameter, i);
	}
}
