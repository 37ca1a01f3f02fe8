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

/** What the line has printed when the power goes, how long after, and what is told of it then. */
const cuts: { after: RegExp; waitMs?: number; told?: RegExp }[] = [
	{ after: /download, 0 KB/, waitMs: 150 },
	{ after: /download, .* [5-9]\d %/ },
	{ after: /firmware signature verified/ },
	{ after: /restart: firmware/, told: /boot: ota_1 at 0x1f0000, upgate 1\.1\.0, pending/ },
	{
		after: /boot: ota_1 .* pending/,
		told: /boot: ota_0 [^]*the power went during the trial of version 1\.1\.0: it is tried again/,
	},
	{ after: /confirmed \(version 1\.1\.0\)/, told: /boot: ota_1 at 0x1f0000, upgate 1\.1\.0, valid/ },
];

for (const { after, waitMs = 0, told } of cuts) {
	test(`power cut ${waitMs} ms after ${String(after)}: the gateway ends with the new version`, async (t) => {
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
		const settled = await board.printed(/automatic update: nothing new \(version 1\.1\.0\)/, from);
		if (told !== undefined) assert.match(board.serial.slice(from), told);
		board.type("show slots");
		await board.printed(/VALID, sequence \d+, running/, settled);
	});
}
