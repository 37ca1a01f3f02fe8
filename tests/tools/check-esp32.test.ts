// SPDX-License-Identifier: Apache-2.0
//
// What check:esp32 knows without the SDK: folders outside are listed and not opened, each board gets its files, and what could not run is told.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join, relative } from "node:path";
import test from "node:test";
import { loadManifest } from "../../tools/build/manifest.js";
import { matchFiles } from "../../tools/build/match.js";
import { projectRoot } from "../../tools/build/index.js";
import { boards, resolveFor } from "../../tools/check-esp32-lib/flavours.js";
import { Project } from "./builder-project.js";

const project = new Project();
test.after(() => project.remove());

test("includes and modules outside are listed, not opened; keys of mcconfig alone are allowed", () => {
	project.write({
		"manifest.json": {
			build: { SDK_MODULES: "$(OUTSIDE)/modules" },
			include: ["$(OUTSIDE)/base.json"],
			modules: { "*": ["./own", "$(SDK_MODULES)/net/net"], "embedded:io/x": "$(OUTSIDE)/x/*" },
			preload: ["own", "net"],
			platforms: { chip: { dependency: [{ idf: "mbedtls" }] } },
		},
		"own.ts": "",
	});
	const path = join(project.folder, "manifest.json");
	const manifest = loadManifest(path, "chip", { external: ["OUTSIDE"] });
	assert.deepEqual(manifest.external, ["net", "embedded:io/x"]);
	assert.deepEqual(
		matchFiles(manifest).modules.map(({ specifier, preload }) => [specifier, preload]),
		[["own", true]],
	);
	assert.throws(() => loadManifest(path, "chip"), { code: "MANIFEST_KEY" });
	assert.throws(() => loadManifest(path, "other"), { code: "MANIFEST_VALUE" });
});

test("every board gets its network, its hash and its boot module", () => {
	const file = (board: string, specifier: string): string | undefined => {
		const found = resolveFor(projectRoot, "manifest.json", board).modules.find((item) => item.specifier === specifier);
		return found && relative(projectRoot, found.source);
	};
	for (const board of boards) {
		const ethernet = board.includes("eth");
		const network = board === "lin" ? undefined : `hosts/esp32/network/${ethernet ? "ethernet" : "wifi"}.ts`;
		assert.equal(file(board, "upgate/esp32/network"), network, board);
		const hash = board === "lin" ? "modules/bytes/sha256.ts" : "modules/bytes/psa/sha256.ts";
		assert.equal(file(board, "upgate/bytes/sha256"), hash, board);
		assert.equal(file(board, "main"), "hosts/boot.ts", board);
	}
});

test("a board that is not known is refused, with those that are", () => {
	const args = ["--import", "tsx", "tools/check-esp32-lib/main.ts", "esp8266"];
	const { status, stderr } = spawnSync(process.execPath, args, { cwd: projectRoot, encoding: "utf8" });
	assert.equal(status, 1);
	assert.match(stderr, /no such board: esp8266; there are esp32, /);
});
