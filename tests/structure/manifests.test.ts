// SPDX-License-Identifier: Apache-2.0
//
// The manifests are whole: every script of a module is preloaded by name, as mcconfig wants it, and the boards' sdkconfig share one text.
// node-only: reads the tree.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { projectRoot } from "../../tools/build/index.js";
import { boards, moduleManifests, resolveFor } from "../../tools/check-esp32-lib/flavours.js";

test("every script of a module is preloaded, on Linux and on every board", () => {
	const missing = moduleManifests().flatMap((manifest) =>
		["linux", ...boards].flatMap((board) =>
			resolveFor(projectRoot, manifest, board)
				.modules.filter(({ preload }) => !preload)
				.map(({ specifier }) => `${manifest} for ${board}: "${specifier}" is missing in preload`),
		),
	);
	assert.deepEqual(missing, []);
});

test("every script of the hosts under the SDK is preloaded, except the one that starts", () => {
	for (const board of boards) {
		const { modules } = resolveFor(projectRoot, "manifest.json", board);
		assert.ok(modules.length > 100);
		assert.deepEqual(
			modules.filter(({ preload }) => !preload).map(({ specifier }) => specifier),
			["main"],
			board,
		);
	}
});

test("boards with 4 MB of flash do without the listeners and TFTP, all others have them", () => {
	const optional = ["upgate/sip/", "upgate/snmp/", "upgate/web/", "upgate/http-server/", "upgate/tftp/"];
	for (const board of ["linux", ...boards]) {
		const { modules } = resolveFor(projectRoot, "manifest.json", board);
		const found = optional.filter((prefix) => modules.some(({ specifier }) => specifier.startsWith(prefix)));
		const isSmall = board === "esp32/wt32_eth01" || board === "esp32/ethernet_kit";
		assert.deepEqual(found, isSmall ? [] : optional, board);
	}
});

test("the sdkconfig of every board begins with the common text", () => {
	const folder = join(projectRoot, "hosts/esp32/sdkconfig");
	const common = readFileSync(join(folder, "common.defaults"), "utf8");
	const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
	assert.ok(names.length >= 5);
	for (const { name } of names) {
		const text = readFileSync(join(folder, name, "sdkconfig.defaults"), "utf8");
		assert.ok(text.startsWith(common), `${name}: copy common.defaults to its beginning`);
	}
});
