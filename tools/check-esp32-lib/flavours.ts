// SPDX-License-Identifier: Apache-2.0
//
// The part that needs no SDK: every manifest resolves for every board, and the TypeScript of each board's program passes the compiler, with
// hosts/moddable/sdk.d.ts in the place of the SDK's typings.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadManifest } from "../build/manifest.js";
import { type MatchedFiles, matchFiles } from "../build/match.js";
import { projectFiles } from "../lib/check.js";

/** Boards that are supported, and the SDK's Linux simulator: what follows `-p` of mcconfig. */
export const boards: readonly string[] = Object.freeze([
	"esp32",
	"esp32/wt32_eth01",
	"esp32/ethernet_kit",
	"esp32/esp32s3",
	"esp32/esp32c3",
	"esp32/esp32c6",
	"lin",
]);

/** Folders of the SDK and of ESP-IDF, which are not looked into. */
const external = Object.freeze(["MODDABLE", "IDF_PATH"]);

export function resolveFor(root: string, manifest: string, board: string): MatchedFiles {
	return matchFiles(loadManifest(join(root, manifest), board, { external }));
}

/** Manifests that another project may include: those of the modules. */
export function moduleManifests(): string[] {
	return projectFiles(["manifest.json"], "modules").filter((path) => path.split("/").length === 3);
}

/**
 * Writes the compiler's configuration for the programs of all boards at once: where they map a specifier to different files
 * (`upgate/provider`, `upgate/esp32/network`), one stands for it and all are checked, since each has its type written down.
 * @returns its path
 */
export function writeTypeCheck(root: string): string {
	const folder = join(root, "build/check-esp32/types");
	const scripts = new Set<string>();
	const paths = new Map<string, string>();
	for (const board of boards) {
		for (const { specifier, source } of resolveFor(root, "manifest.json", board).modules) {
			if (!source.endsWith(".ts")) continue;
			scripts.add(source);
			paths.set(specifier, source);
		}
	}
	const configuration = {
		extends: join(root, "tsconfig.base.json"),
		compilerOptions: {
			target: "es2025",
			lib: ["es2025"],
			module: "preserve",
			moduleResolution: "bundler",
			paths: Object.fromEntries([...paths].map(([specifier, source]) => [specifier, [source]])),
		},
		files: [...scripts, join(root, "hosts/native.d.ts"), join(root, "hosts/moddable/sdk.d.ts")],
	};
	mkdirSync(folder, { recursive: true });
	const path = join(folder, "tsconfig.json");
	writeFileSync(path, JSON.stringify(configuration, null, "\t"));
	return path;
}
