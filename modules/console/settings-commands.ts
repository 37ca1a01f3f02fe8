// SPDX-License-Identifier: Apache-2.0
//
// Commands that change parameters: `set`, `no`, `save`, `discard`, and the tree of `configure`. All change the candidate; `save`
// puts it in force.

import type { Parameter } from "../settings/parameter.js";
import type { Settings } from "../settings/settings.js";
import { SettingsError } from "../settings/error.js";
import type { Candidate } from "./candidate.js";
import { commandTable, placed, type TableCommand } from "./command-table.js";
import type { Command, Mode, Suggestion } from "./commands.js";
import { type Area, type AreaEntry, configurationTree } from "./configuration-tree.js";
import { CommandError } from "./error.js";

export interface SettingsPorts {
	settings: Settings;
	candidate: Candidate;
}

/** An empty text can be seen. */
export function shown(text: string): string {
	return text === "" ? '""' : text;
}

/** Before what restarts the gateway. @throws CommandError CONSOLE_REFUSED */
export function needSaved({ changed }: Pick<Candidate, "changed">): void {
	if (!changed) return;
	const what = "something is set and not saved: save, or discard; show changes lists it";
	throw new CommandError("CONSOLE_REFUSED", what);
}

/** Settings errors are the operator's: shown as they are, without a stack. A name that is not known is not repeated: it may
 *  be a whole `NAME=VALUE`. */
export function refusal(error: unknown): CommandError {
	if (!(error instanceof Error)) return new CommandError("CONSOLE_REFUSED", "refused");
	const unknown = error instanceof SettingsError && error.code === "SETTINGS_UNKNOWN";
	const message = unknown ? "no parameter of this name; show settings WORD lists those with WORD in it" : error.message;
	return new CommandError("CONSOLE_REFUSED", message);
}

/** Whether `set NAME VALUE...` or `no NAME...` may hold a secret; without a value only when the name is not known: `NAME=VALUE`, perhaps. */
function isSecret({ settings }: SettingsPorts, [name, value]: string[]): boolean {
	if (name === undefined) return false;
	try {
		const parameter = settings.parameter(name);
		return value !== undefined && hidesValue(parameter);
	} catch {
		return true;
	}
}

function hidesValue({ secret, type }: Parameter): boolean {
	return secret === true || type === "url";
}

/** Names of parameters; with a name before, what its value may be. */
function* parameterWords({ settings }: SettingsPorts, [name]: string[]): Iterable<Suggestion> {
	if (name === undefined) {
		for (const { parameter } of settings.entries()) yield { text: parameter.name, help: parameter.summary };
		return;
	}
	try {
		yield* valueWords(settings.parameter(name));
	} catch {
		// no parameter of this name: nothing is known of its value
	}
}

function* valueWords({ type, min, max, unit, maxBytes, summary, secret }: Parameter): Iterable<Suggestion> {
	if (type === "boolean") {
		yield { text: "0", help: "no" };
		yield { text: "1", help: `yes: ${summary}` };
	} else if (type === "integer") {
		const help = `${unit === "" ? "" : `${unit}: `}${summary}`;
		yield { text: `<${min}-${max}>`, help, hint: true };
	} else {
		const help = `up to ${maxBytes} bytes: ${summary}`;
		yield { text: secret === true ? "<secret>" : `<${type}>`, help, hint: true };
	}
}

function* change({ candidate }: SettingsPorts, apply: () => Parameter): Iterable<string> {
	let parameter: Parameter;
	try {
		parameter = apply();
	} catch (error) {
		throw refusal(error);
	}
	const later = parameter.reset === true ? "  (takes effect after reset)" : "";
	yield `${parameter.name} = ${shown(candidate.describe(parameter.name))}${later}`;
}

function* save({ candidate }: SettingsPorts): Iterable<string> {
	let done: { count: number; resets: number };
	try {
		done = candidate.save();
	} catch (error) {
		throw refusal(error);
	}
	if (done.count === 0) yield "nothing to save";
	else yield `saved, ${done.count} changed${done.resets > 0 ? `, ${done.resets} of them after a reset` : ""}`;
}

function* differences({ candidate }: SettingsPorts): Iterable<string> {
	if (!candidate.changed) yield "nothing is set that is not saved";
	for (const { parameter, from, to } of candidate.differences())
		yield `${parameter.name.padEnd(28)} ${shown(from)} -> ${shown(to)}${parameter.reset === true ? "  (after reset)" : ""}`;
}

function* discard({ candidate }: SettingsPorts): Iterable<string> {
	const count = candidate.discard();
	yield count === 0 ? "there was nothing to discard" : `forgotten: ${count} ${count === 1 ? "change" : "changes"}`;
}

/** The words of people for numbers. */
function* wordsOf({ values }: AreaEntry, parameter: Parameter): Iterable<Suggestion> {
	if (values !== undefined) for (const text of Object.keys(values)) yield { text, help: "" };
	else if (parameter.type === "boolean") yield* ["on", "off"].map((text) => ({ text, help: "" }));
	else yield* valueWords(parameter);
}

function numberOf({ values }: AreaEntry, { type }: Parameter, text: string): string {
	const word = text.toLowerCase();
	// Not values[word]: the engine keeps each name that an object was ever asked for.
	const known = Object.entries(values ?? {}).find(([name]) => name === word);
	if (known !== undefined) return known[1];
	return type === "boolean" && (word === "on" || word === "off") ? (word === "on" ? "1" : "0") : text;
}

/** The commands of an area's parameters; those that this firmware has not are left out. */
function* entryCommands(ports: SettingsPorts, { entries }: Area): Iterable<Command> {
	const { settings, candidate } = ports;
	for (const entry of entries) {
		const parameter = find(settings, entry.parameter);
		if (parameter === undefined) continue;
		const { name, summary } = parameter;
		yield {
			words: entry.word,
			usage: "VALUE",
			help: summary,
			secret: () => hidesValue(parameter),
			complete: ([value]) => (value === undefined ? wordsOf(entry, parameter) : []),
			run: ([value]) => change(ports, () => candidate.set(name, numberOf(entry, parameter, value))),
		};
		yield {
			words: `no ${entry.word}`,
			usage: "",
			help: `${entry.word} back to its default`,
			secret: (values) => values.some((value) => value.includes("=")), // perhaps NAME=VALUE
			run: () => change(ports, () => candidate.reset(name)),
		};
	}
}

function find(settings: Settings, name: string): Parameter | undefined {
	try {
		return settings.parameter(name);
	} catch {
		return undefined;
	}
}

function areaMode(ports: SettingsPorts, area: Area): Mode {
	return { name: area.word, commands: () => commandsOf(ports, area) };
}

function* commandsOf(ports: SettingsPorts, area: Area): Iterable<Command> {
	yield* placed(areaCommands("", area.areas), ports);
	yield* entryCommands(ports, area);
}

/** Commands that lead into areas, and into areas of areas. @param before words in front of them */
function areaCommands(before: string, areas: readonly Area[]): TableCommand<SettingsPorts>[] {
	return areas.flatMap((area) => {
		const words = `${before}${area.word}`;
		const into: TableCommand<SettingsPorts> = {
			words,
			usage: "",
			help: area.help,
			run: (ports) => ({ mode: areaMode(ports, area) }),
		};
		return [into, ...areaCommands(`${words} `, area.areas)];
	});
}

export const settingsTable = commandTable<SettingsPorts>(
	{
		words: "set",
		usage: "NAME VALUE",
		help: "set a parameter; save puts it in force",
		anywhere: true,
		secret: isSecret,
		complete: parameterWords,
		run: (ports, [name, value]) => change(ports, () => ports.candidate.set(name, value)),
	},
	{ words: "save", usage: "", help: "put what is set in force, and keep it", anywhere: true, run: save },
	{ words: "discard", usage: "", help: "forget what is set and not saved", anywhere: true, run: discard },
	{ words: "show changes", usage: "", help: "what is set and not saved", anywhere: true, run: differences },
	{
		words: "no",
		usage: "NAME",
		help: "set a parameter back to its default",
		secret: isSecret,
		complete: (ports, [name]) => (name === undefined ? parameterWords(ports, []) : []),
		run: (ports, [name]) => change(ports, () => ports.candidate.reset(name)),
	},
	...areaCommands("configure ", configurationTree),
);
