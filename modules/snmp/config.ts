// SPDX-License-Identifier: Apache-2.0
//
// The agent's configuration out of the parameters. A faulty entry is told and left out: it must not open more than was meant, nor
// keep the gateway from starting.

import { encodeUTF8, fromHex } from "../bytes/text.js";
import { parseView, type Principal } from "./access.js";
import { SNMPError } from "./error.js";
import type { Manager } from "./remote.js";
import { parseAddress, Sources } from "./sources.js";

/** Entries of each list: communities, sources, managers, users. */
export const listLength = 5;
export const managerCount = 2;

export interface Community {
	bytes: Uint8Array;
	principal: Principal;
}

export interface AgentConfig {
	enabled: boolean;
	port: number;
	communities: Community[];
	sources: Sources;
	/** Datagrams a second and source, 0 for no limit. */
	rate: number;
	/** Answer under the original's identifiers too. */
	original: boolean;
	/** Where notifications go. */
	managers: Manager[];
	/** In notifications of v2c; `undefined`: none are sent. */
	trapCommunity: Uint8Array | undefined;
	/** For people; never a secret. */
	problems: string[];
}

type Text = (name: string) => string;

/** The values of `NAME_0` to `NAME_4` that are not empty. */
export function listOf(text: Text, name: string): string[] {
	const values: string[] = [];
	for (let i = 0; i < listLength; i++) values.push(text(`${name}_${i}`));
	return values.filter((value) => value !== "");
}

function problem(problems: string[], name: string, error: unknown): void {
	problems.push(`snmp: ${name}: ${error instanceof Error ? error.message : String(error)}`);
}

function readCommunities(text: Text, problems: string[]): Community[] {
	let view: Principal["view"];
	try {
		view = parseView(text("SNMPCommunityView"));
	} catch (error) {
		problem(problems, "SNMPCommunityView, no community is taken", error);
		return [];
	}
	const make = (name: string, write: boolean): Community[] =>
		listOf(text, name).map((community) => ({
			bytes: encodeUTF8(community),
			principal: { name: "community", write, view },
		}));
	return [...make("SNMPReadWriteCommunityString", true), ...make("SNMPReadOnlyCommunityString", false)];
}

function readSources(text: Text, problems: string[]): Sources | undefined {
	try {
		return new Sources(listOf(text, "SNMPTrustedMgr"));
	} catch (error) {
		problem(problems, "SNMPTrustedMgr, the agent stays off", error);
		return undefined;
	}
}

/** @throws SNMPError SNMP_ENGINE */
function parseEngineID(text: string): Uint8Array {
	if (text === "" || /^(?:[0-9A-Fa-f]{2}){5,32}$/.test(text)) return fromHex(text);
	throw new SNMPError("SNMP_ENGINE", 0, "engine identifier of 10 to 64 hexadecimal digits wanted");
}

function readManagers(text: Text, problems: string[]): Manager[] {
	const managers: Manager[] = [];
	for (let i = 0; i < managerCount; i++) {
		const address = text(`SNMPManagerTableIP_${i}`);
		if (address === "") continue;
		try {
			if (parseAddress(address) === undefined) throw new SNMPError("SNMP_SOURCE", 0, "an IPv4 or IPv6 address wanted");
			const port = Number(text(`SNMPManagerTrapPort_${i}`));
			const inform = text(`SNMPManagerInform_${i}`) !== "0";
			const user = text(`SNMPManagerTrapUser_${i}`);
			managers.push({ address, port, inform, user, engineID: parseEngineID(text(`SNMPManagerEngineID_${i}`)) });
		} catch (error) {
			problem(problems, `manager ${i}`, error);
		}
	}
	return managers;
}

/** @param text a parameter by name; secrets as they are */
export function readConfig(text: Text): AgentConfig {
	const problems: string[] = [];
	const sources = readSources(text, problems);
	return {
		enabled: text("DisableSNMP") === "0" && sources !== undefined,
		port: Number(text("SNMPPort")),
		communities: readCommunities(text, problems),
		sources: sources ?? new Sources([]),
		rate: Number(text("SNMPRateLimit")),
		managers: readManagers(text, problems),
		trapCommunity: text("SNMPTrapCommunityString") === "" ? undefined : encodeUTF8(text("SNMPTrapCommunityString")),
		original: text("SNMPOriginalOIDs") !== "0",
		problems,
	};
}
