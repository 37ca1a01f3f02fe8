// SPDX-License-Identifier: Apache-2.0
//
// The agent's configuration out of the parameters. A faulty entry is told and left out: it must not open more than was meant, nor
// keep the gateway from starting.

import { encodeUTF8 } from "../bytes/text.js";
import { parseView, type Principal } from "./access.js";
import { Sources } from "./sources.js";

/** Entries of each list: communities, sources, managers, users. */
export const listLength = 5;

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
		original: text("SNMPOriginalOIDs") !== "0",
		problems,
	};
}
