// SPDX-License-Identifier: Apache-2.0
//
// `debug http on`, `show debug`, `no debug`: what is told of the wire. Nothing of it outlives a restart.

import { commandTable, type CommandTable, type TableCommand } from "./command-table.js";
import type { Suggestion } from "./commands.js";
import { CommandError } from "./error.js";

/** Topics and whether they are on (module `debug`, class Debug). */
export interface DebugSwitches {
	topics(): Iterable<{ name: string; on: boolean }>;
	set(name: string, on: boolean): void;
}

const all = "all";

const states: readonly Suggestion[] = Object.freeze([
	Object.freeze({ text: "on", help: "until it is off, or a restart" }),
	Object.freeze({ text: "off", help: "" }),
]);

function* show(debug: DebugSwitches): Iterable<string> {
	for (const { name, on } of debug.topics()) yield `${name.padEnd(6)} ${on ? "on" : "off"}`;
}

function* turn(debug: DebugSwitches, topic: string, word: string): Iterable<string> {
	const state = word.toLowerCase();
	if (state !== "on" && state !== "off") throw new CommandError("CONSOLE_ARGUMENTS", "on or off is wanted");
	for (const { name } of [...debug.topics()]) if (topic === all || topic === name) debug.set(name, state === "on");
	yield* show(debug);
}

function help(topic: string): string {
	return topic === all
		? "all of these, or none"
		: `${topic.toUpperCase()} messages as they come and go, without secrets`;
}

function turnCommand(topic: string): TableCommand<DebugSwitches> {
	return {
		words: `debug ${topic}`,
		usage: "on|off",
		help: help(topic),
		complete: (_, [word]) => (word === undefined ? states : []),
		run: (debug, [word]) => turn(debug, topic, word),
	};
}

/** @param topics names, in the order of help */
export function debugTable(topics: readonly string[]): CommandTable<DebugSwitches> {
	return commandTable<DebugSwitches>(
		{ words: "show debug", usage: "", help: "which messages are told", run: show },
		...[...topics, all].map(turnCommand),
		{ words: "no debug", usage: "", help: "the same as debug all off", run: (debug) => turn(debug, all, "off") },
	);
}
