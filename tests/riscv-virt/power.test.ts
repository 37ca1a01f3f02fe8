// SPDX-License-Identifier: Apache-2.0
//
// The plug is pulled (the emulator is killed) at moments of an update; whatever was going on, the gateway starts again and ends
// with a version that was whole.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { startProvisioningServer } from "../../tools/provisioning-lib/server.js";
import { Board, firmware, hostAddress } from "./board.js";

/** What the line has printed when the power goes, how long after, and what the gateway ends with. */
const cuts: { after: RegExp; waitMs: number; versions: RegExp }[] = [
	{ after: /download, 0 KB/, waitMs: 150, versions: /^1\.1\.0$/ },
	{ after: /download, .* [5-9]\d %/, waitMs: 0, versions: /^1\.1\.0$/ },
	{ after: /firmware signature verified/, waitMs: 0, versions: /^1\.1\.0$/ },
	{ after: /restart: firmware/, waitMs: 0, versions: /^1\.1\.0$/ },
	/* A trial that the power ended has failed, as on the chip: the old version stays. */
	{ after: /boot: ota_1 .* pending/, waitMs: 0, versions: /^1\.0\.0$/ },
	{ after: /confirmed \(version 1\.1\.0\)/, waitMs: 0, versions: /^1\.1\.0$/ },
];

for (const { after, waitMs, versions } of cuts) {
	test(`power cut ${waitMs} ms after ${String(after)}: a whole version runs in the end`, async (t) => {
		const folder = mkdtempSync(join(tmpdir(), "upgate-riscv-www-"));
		t.after(() => rmSync(folder, { recursive: true, force: true }));
		writeFileSync(join(folder, "firmware.cmp"), await firmware("1.1.0"));
		const server = await startProvisioningServer({ root: folder, port: 0 });
		t.after(() => server.close());
		const board = await Board.make(`AutoCmpFileUrl = 'http://${hostAddress}:${server.port}/firmware.cmp'\n`);
		t.after(() => board.close());
		board.powerOn();
		await board.printed(after);
		await new Promise((resolve) => setTimeout(resolve, waitMs));
		await board.powerOff();
		const from = board.serial.length;
		board.powerOn();
		const settled = await board.printed(/automatic update: nothing new \(version (\S+)\)/, from);
		const [, version = ""] = /nothing new \(version (\S+)\)/.exec(board.serial.slice(from)) ?? [];
		assert.match(version, versions);
		board.type("show slots");
		await board.printed(/VALID, sequence \d+, running/, settled);
	});
}
