// SPDX-License-Identifier: Apache-2.0
//
// The commands `ini ...`: the configuration as a file, out and in. What is pasted goes to the settings line by line, so that its
// length is not bound by memory; it is taken whole or not at all.

import { toHex } from "../bytes/hex.js";
import { decodeLine } from "../ini/scan.js";
import { exportIni } from "../settings/export.js";
import { describeResult, type Difference, type IniResult, keptName } from "../settings/ini-result.js";
import type { Settings } from "../settings/settings.js";
import type { IniStage } from "../settings/stage.js";
import { commandTable, placed } from "./command-table.js";
import type { Command, FileSource, IncomingFile, Paste } from "./commands.js";
import { CommandError } from "./error.js";
import { printableBytes } from "./printable.js";

export interface IniPorts {
	settings: Settings;
	/** For the head of an export. */
	board: { readonly application: { readonly name: string; readonly version: string }; readonly mac: Uint8Array };
	/** Restarts the gateway; the reason is for the log. */
	restart: (reason: string) => void;
}

/** Longest line that is taken, bytes: as long as an ini line may be. */
const maxLineBytes = 4096;
/** Longest file, bytes: as for one that is fetched. */
const maxFileBytes = 1024 * 1024;
/** Bytes taken from a transfer at a time. */
const pieceBytes = 512;
/** Unknown names that an answer lists. */
const maxListed = 10;

/** The word that may stand behind a command. */
function isWord(found: string | undefined, word: string): boolean {
	if (found === undefined || found.toLowerCase() === word) return found !== undefined;
	throw new CommandError("CONSOLE_ARGUMENTS", `after it only the word ${word} may stand`);
}

function* exportLines({ settings, board }: IniPorts, word: string | undefined): Iterable<string> {
	const secrets = isWord(word, "secrets");
	const { name, version } = board.application;
	const head = [`Board: ${name}`, `Software Version: ${version}`, `MAC Address: ${toHex(board.mac, true)}`];
	for (const line of exportIni(settings, { secrets, head })) {
		if (line.length <= printableBytes) yield decodeLine(line);
		else yield `;NOT SHOWN: a line of ${line.length} bytes, too long for the console`;
	}
}

function differenceLine({ name, before, after, reset }: Difference): string {
	const hidden = before.includes("***") && before === after ? "  (hidden, another one)" : "";
	return `${name.padEnd(28)} ${before} -> ${after}${hidden}${reset ? "  (after reset)" : ""}`;
}

function* problemLines({ problems, problemCount, skipped, skippedCount }: IniResult): Iterable<string> {
	for (const { line, column, message } of [...problems, ...skipped])
		yield `line ${line ?? "?"}, column ${column ?? "?"}: ${message}`;
	const more = problemCount + skippedCount - problems.length - skipped.length;
	if (more > 0) yield `and ${more} more faulty lines`;
}

function* nameLines({ unknown, unknownCount, repeated }: IniResult): Iterable<string> {
	for (const { name, line } of unknown.slice(0, maxListed))
		yield `line ${line}: ${name} has no effect here, and is kept`;
	if (unknownCount > maxListed) yield `and ${unknownCount - Math.min(unknown.length, maxListed)} more that are kept`;
	for (const { name, line } of repeated.slice(0, maxListed)) yield `line ${line}: ${name} again: the last one counts`;
}

/** Errors of the settings and of the store are the operator's: shown as they are, without a stack. */
function attempt(action: () => void): void {
	try {
		action();
	} catch (error) {
		throw new CommandError("CONSOLE_REFUSED", error instanceof Error ? error.message : "refused");
	}
}

function* finish(ports: IniPorts, stage: IniStage, dry: boolean): Iterable<string> {
	const result = stage.end();
	yield* problemLines(result);
	if (result.problemCount > 0)
		throw new CommandError("CONSOLE_REFUSED", `${describeResult(result)}; nothing was taken`);
	yield* nameLines(result);
	for (const difference of stage.differences()) yield differenceLine(difference);
	if (dry) {
		stage.abandon();
		yield `${describeResult(result)}; nothing was taken, ini load would`;
		return;
	}
	attempt(() => ports.settings.take(stage));
	yield `${describeResult(result)}; saved`;
	if (result.resetNow) ports.restart("ini");
}

/** What becomes of the parameters that a file does not name. */
function others(full: boolean): string {
	return full ? "what it does not name returns to its default" : "what it does not name stays";
}

function pasteOf(ports: IniPorts, word: string | undefined, dry: boolean): Paste {
	const full = !isWord(word, "incremental");
	const stage = ports.settings.stage({ full, local: true });
	return {
		invitation: `paste the file: ${others(full)}; it is not shown; end with a line that is a dot, or Ctrl-D; Ctrl-C cancels`,
		secret: true,
		maxBytes: maxLineBytes,
		endsBlock: () => false,
		take: (line) => stage.write(line),
		run: () => finish(ports, stage, dry),
		cancel: () => stage.abandon(),
	};
}

async function feed(stage: IniStage, source: FileSource): Promise<void> {
	const buffer = new Uint8Array(pieceBytes);
	let total = 0;
	for (let count = await source.read(buffer); count > 0; count = await source.read(buffer)) {
		total += count;
		if (total > maxFileBytes) throw new CommandError("CONSOLE_LENGTH", `more than ${maxFileBytes} bytes`);
		stage.write(buffer.subarray(0, count));
	}
	// An empty file would reset everything.
	if (total === 0) throw new CommandError("CONSOLE_REFUSED", "the file is empty: nothing was taken");
}

function fileOf(ports: IniPorts, word: string | undefined, dry: boolean): IncomingFile {
	const full = !isWord(word, "incremental");
	const stage = ports.settings.stage({ full, local: true });
	return {
		invitation: `send the file by XMODEM now: ${others(full)}; ctrl-c cancels`,
		multipleOf: 1,
		receive: async (source) => {
			try {
				await feed(stage, source);
			} catch (error) {
				stage.abandon();
				throw error;
			}
			return finish(ports, stage, dry);
		},
	};
}

function* differences({ settings }: IniPorts, word: string | undefined): Iterable<string> {
	const from = isWord(word, "saved") ? "saved" : "factory";
	let list: Difference[] = [];
	attempt(() => (list = settings.differences(from)));
	for (const difference of list) yield differenceLine(difference);
	const where = from === "saved" ? "what is saved" : "the state of delivery";
	if (list.length === 0) yield `no parameter differs from ${where}`;
	else yield `${list.length} ${list.length === 1 ? "parameter differs" : "parameters differ"} from ${where}`;
	const { tables, names } = settings.kept;
	if (tables + names > 0) yield `${keptName}: ${tables} and ${names}`;
}

const table = commandTable<IniPorts>(
	{
		words: "ini export",
		usage: "[secrets]",
		help: "the configuration as a file",
		run: (ports, [word]) => exportLines(ports, word),
	},
	{
		words: "show ini",
		usage: "",
		help: "the same as ini export",
		anywhere: true,
		run: (ports) => exportLines(ports, undefined),
	},
	{
		words: "ini load",
		usage: "[incremental]",
		help: "take a file (paste)",
		run: (ports, [word]) => pasteOf(ports, word, false),
	},
	{
		words: "ini load xmodem",
		usage: "[incremental]",
		help: "take a file over this line",
		run: (ports, [word]) => fileOf(ports, word, false),
	},
	{
		words: "ini dry-run",
		usage: "[incremental]",
		help: "tell what a file would change (paste)",
		run: (ports, [word]) => pasteOf(ports, word, true),
	},
	{
		words: "ini dry-run xmodem",
		usage: "[incremental]",
		help: "the same, for a file over this line",
		run: (ports, [word]) => fileOf(ports, word, true),
	},
	{
		words: "ini diff",
		usage: "[saved]",
		help: "differences from the state of delivery",
		run: (ports, [word]) => differences(ports, word),
	},
);

export function iniCommands(ports: IniPorts): Iterable<Command> {
	return placed(table, ports);
}
