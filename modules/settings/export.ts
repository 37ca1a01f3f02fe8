// SPDX-License-Identifier: Apache-2.0
//
// The settings as an ini file, line by line: parameters that are not at their default, then what is kept. Read back as a full file
// by the same gateway it changes nothing. What is secret is left out, with a comment in its place, unless asked for: a full file
// that does not name it leaves it as it is. Source: exports of devices of the original ("is hidden but has non-default value").

import { encodeUTF8 } from "../bytes/text.js";
import { joinList } from "../ini/list.js";
import { serializeEntry } from "../ini/serialize.js";
import type { KeptGroup } from "./kept-reader.js";
import type { Parameter, Value } from "./parameter.js";
import { eachParameter, parameterGroups, type ParameterGroup } from "./registry.js";
import type { Settings } from "./settings.js";
import { describeValue } from "./value.js";

export interface ExportOptions {
	/** Secrets and the credentials of URLs in plain text: for the operator at the gateway only. Default false. */
	secrets?: boolean;
	/** Lines of a comment in front: which gateway this is. */
	head?: Iterable<string>;
	/** Default: all of registry.ts. */
	groups?: readonly ParameterGroup[];
}

const rule = ";".padEnd(16, "*");

/** `Name = value`, so that it reads back the same. */
function entryLine(parameter: Parameter, value: Value): string {
	const text = String(value);
	if (parameter.type === "list") return `${parameter.name} = ${text === "" ? "" : joinList(text.split(","))}`.trimEnd();
	return serializeEntry(parameter.name, text, { quote: typeof value !== "number" });
}

/** @returns a comment instead of a secret; credentials of a URL are asterisks, which only this gateway takes back */
function parameterLine(parameter: Parameter, value: Value, secrets: boolean): string {
	if (secrets) return entryLine(parameter, value);
	if (parameter.secret === true) return `;${parameter.name} is hidden but has non-default value`;
	return entryLine(parameter, parameter.type === "url" ? describeValue(parameter, value) : value);
}

function* parameterLines(settings: Settings, groups: readonly ParameterGroup[], secrets: boolean): Iterable<string> {
	let section: string | undefined;
	for (const group of groups) {
		for (const parameter of eachParameter(group.parameters)) {
			if (parameter.fileOnly === true) continue;
			const value = settings.get(parameter.name);
			if (value === parameter.fallback) continue;
			if (section !== group.section) {
				section = group.section;
				yield "";
				yield `[${section}]`;
				yield "";
			}
			yield parameterLine(parameter, value, secrets);
		}
	}
}

function* hiddenLines({ kind, name }: KeptGroup): Iterable<string> {
	if (kind === "name") return yield `;${name} is hidden but has non-default value`;
	yield ";";
	yield `;  *** TABLE ${name} ***`;
	yield "; This table contains hidden elements and will not be exposed.";
	yield "; This table exists on board and will be saved during restarts.";
	yield ";";
}

function* keptLines(settings: Settings, secrets: boolean): Iterable<Uint8Array> {
	const reader = settings.keptReader();
	let count = 0;
	for (const group of reader.groups()) {
		if (count++ === 0) yield encodeUTF8("; tables, and names that are not known here");
		if (group.kind === "table") yield new Uint8Array(0);
		if (secrets || !group.secret) yield* reader.group(group.place);
		else for (const line of hiddenLines(group)) yield encodeUTF8(line);
	}
}

/**
 * @returns lines without their breaks, UTF-8 but for lines that came as something else; each is valid until the next one
 */
export function* exportIni(settings: Settings, options: ExportOptions = {}): IterableIterator<Uint8Array> {
	const { secrets = false, head = [], groups = parameterGroups } = options;
	for (const line of [rule, ";** Ini File **", rule]) yield encodeUTF8(line);
	for (const line of head) yield encodeUTF8(`;${line}`);
	for (const line of parameterLines(settings, groups, secrets)) yield encodeUTF8(line);
	yield new Uint8Array(0);
	yield* keptLines(settings, secrets);
}
