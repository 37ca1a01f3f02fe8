// SPDX-License-Identifier: Apache-2.0
//
// The commands for files of updates: what is there and how much room it takes, and removal by name.

import assert from "node:assert/strict";
import test from "node:test";
import { findCommand } from "../../modules/console/commands.js";
import { type FilePorts, fileCommands } from "../../modules/console/file-commands.js";

class FakeFiles implements FilePorts {
	readonly maxFileBytes = 65536;
	readonly maxTotalBytes = 131072;
	sizes = new Map<string, number>();
	fault: Error | undefined;

	*list(): Iterable<{ name: string; size: number; sha256: string }> {
		for (const [name, size] of this.sizes) yield { name, size, sha256: "ab".repeat(32) };
	}

	remove(name: string): boolean {
		if (this.fault !== undefined) throw this.fault;
		return this.sizes.delete(name);
	}
}

function type(files: FilePorts, line: string): string[] {
	const { command, values } = findCommand(fileCommands(files), line) ?? {};
	const answer = command?.run(values ?? []) ?? [];
	return Symbol.iterator in answer ? [...answer] : [];
}

test("file list tells name, size and hash of each file, and the room that is left", () => {
	const files = new FakeFiles();
	assert.deepEqual(type(files, "file list"), ["no files", "0 of 131072 bytes; at most 65536 a file"]);
	files.sizes.set("cpt", 12345).set("dpln", 7);
	const lines = type(files, "file list");
	assert.match(lines[0], /^cpt +12345 bytes +SHA-256 abababababababab$/);
	assert.equal(lines[2], "12352 of 131072 bytes; at most 65536 a file");
});

test("file remove takes one file, in any letter case, and says when there is none", () => {
	const files = new FakeFiles();
	files.sizes.set("cpt", 1);
	assert.deepEqual(type(files, "file remove CPT"), ["removed: cpt"]);
	assert.throws(() => type(files, "file remove cpt"), { code: "CONSOLE_REFUSED" });
	files.fault = new Error("no room");
	assert.throws(() => type(files, "file remove cpt"), { code: "CONSOLE_REFUSED", message: "no room" });
});
