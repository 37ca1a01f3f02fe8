// SPDX-License-Identifier: Apache-2.0
//
// Runs selection.txt: which slot the loader starts for each boot choice, and what it leaves in otadata.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { MAC, runBoard } from "./harness/board.js";
import { inTemporaryFolder } from "./harness/c-tests.js";
import {
	compileFirmware,
	damage,
	getSelection,
	makeFlash,
	packFirmware,
	setSelection,
	writeFlash,
} from "./harness/flash.js";

interface Row {
	text: string;
	before: [string, string];
	images: string;
	boots: string;
	after: string[];
}

function readRows(): Row[] {
	const text = readFileSync(new URL("selection.txt", import.meta.url), "utf8");
	const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
	return lines.map((line) => {
		const [first, second, images, boots, ...after] = line.trim().split(/ +/);
		return { text: line, before: [first, second], images, boots, after };
	});
}

async function boot(row: Row, flash: Buffer, folder: string): Promise<{ boots: string; after: string[] }> {
	setSelection(flash, row.before);
	const path = writeFlash(folder, flash);
	const run = await runBoard(["--flash", path, "--mac", MAC], "exit 0\n");
	const boots = /^boot: (ota_[01]) at /m.exec(run.stdout)?.[1] ?? "none";
	assert.equal(run.status, boots === "none" ? 2 : 0, run.stdout + run.stderr);
	if (boots !== "none") assert.match(run.stdout, new RegExp(`^started: .* --slot ${boots.slice(4)} `, "m"));
	return { boots, after: getSelection(readFileSync(path)) };
}

test("the loader selects as ESP-IDF's loader does, for each row of selection.txt", async () => {
	await inTemporaryFolder(async (folder) => {
		const program = compileFirmware();
		const images = ["1.0", "2.0"].map((version) => packFirmware(program, version));
		const rows = readRows();
		assert.equal(rows.length, 106);
		for (const row of rows) {
			const [first, second] = images.map((image, slot) => (row.images[slot] === "+" ? image : damage(image)));
			assert.deepEqual(
				await boot(row, makeFlash([first, second]), folder),
				{ boots: row.boots, after: row.after },
				row.text,
			);
		}
	});
});
