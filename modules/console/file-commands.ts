// SPDX-License-Identifier: Apache-2.0
//
// The commands `file list` and `file remove`: files of updates, as tones and dial plans.

import { commandTable, placed } from "./command-table.js";
import type { Command } from "./commands.js";
import { CommandError } from "./error.js";

/** The class FileStore fits. */
export interface FilePorts {
	readonly maxFileBytes: number;
	readonly maxTotalBytes: number;
	list(): Iterable<{ name: string; size: number; sha256: string }>;
	/** @returns whether there was one. Throws errors for people. */
	remove(name: string): boolean;
}

function* list(files: FilePorts): Iterable<string> {
	let total = 0;
	for (const { name, size, sha256 } of files.list()) {
		total += size;
		yield `${name.padEnd(8)} ${String(size).padStart(7)} bytes  SHA-256 ${sha256.slice(0, 16)}`;
	}
	if (total === 0) yield "no files";
	yield `${total} of ${files.maxTotalBytes} bytes; at most ${files.maxFileBytes} a file`;
}

function* remove(files: FilePorts, name: string): Iterable<string> {
	let removed: boolean;
	try {
		removed = files.remove(name.toLowerCase());
	} catch (error) {
		throw new CommandError("CONSOLE_REFUSED", error instanceof Error ? error.message : "refused");
	}
	if (!removed) throw new CommandError("CONSOLE_REFUSED", "no file of this name; file list shows them");
	yield `removed: ${name.toLowerCase()}`;
}

const table = commandTable<FilePorts>(
	{ words: "file list", usage: "", help: "files that updates have brought", run: list },
	{ words: "file remove", usage: "NAME", help: "remove one of them", run: (files, [name]) => remove(files, name) },
);

export function fileCommands(files: FilePorts): Iterable<Command> {
	return placed(table, files);
}
