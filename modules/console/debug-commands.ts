// SPDX-License-Identifier: Apache-2.0
//
// `debug http on`, `show debug`, `no debug`: what is told of the wire. Nothing of it outlives a restart.

import type { Command } from "./commands.js";
import { CommandError } from "./error.js";

/** Topics and whether they are on (module `debug`, class Debug). */
export interface DebugSwitches {
	topics(): Iterable<{ name: string; on: boolean }>;
	set(name: string, on: boolean): void;
}

const all = "all";

function* show(debug: DebugSwitches): Iterable<string> {
	for (const { name, on } of debug.topics()) yield `${name.padEnd(6)} ${on ? "on" : "off"}`;
}

function* turn(debug: DebugSwitches, topic: string, word: string): Iterable<string> {
	const state = word.toLowerCase();
	if (state !== "on" && state !== "off") throw new CommandError("CONSOLE_ARGUMENTS", "on or off is wanted");
	for (const { name } of [...debug.topics()]) if (topic === all || topic === name) debug.set(name, state === "on");
	yield* show(debug);
}

/** @param topics names, in the order of help */
export function debugCommands(topics: readonly string[], debug: DebugSwitches): Command[] {
	const words = [
		{ text: "on", help: "until it is off, or a restart" },
		{ text: "off", help: "" },
	];
	const help = (topic: string): string =>
		topic === all ? "all of these, or none" : `${topic.toUpperCase()} messages as they come and go, without secrets`;
	return [
		{ words: "show debug", usage: "", help: "which messages are told", run: () => show(debug) },
		...[...topics, all].map((topic) => ({
			words: `debug ${topic}`,
			usage: "on|off",
			help: help(topic),
			complete: ([word]: string[]) => (word === undefined ? words : []),
			run: ([word]: string[]) => turn(debug, topic, word),
		})),
		{ words: "no debug", usage: "", help: "the same as debug all off", run: () => turn(debug, all, "off") },
	];
}
