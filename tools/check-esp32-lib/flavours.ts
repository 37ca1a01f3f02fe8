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

/** Boards whose programs have the same scripts, by the first of them. */
export function groupByScripts(root: string): Map<string, string[]> {
	const groups = new Map<string, string[]>();
	const first = new Map<string, string>();
	for (const board of boards) {
		const { modules } = resolveFor(root, "manifest.json", board);
		const key = modules.map(({ specifier, source }) => `${specifier} ${source}`).join("\n");
		const leader = first.get(key) ?? board;
		first.set(key, leader);
		groups.set(leader, [...(groups.get(leader) ?? []), board]);
	}
	return groups;
}

/** Writes the compiler's configuration for one board's program. @returns its path */
export function writeTypeCheck(root: string, board: string): string {
	const folder = join(root, "build/check-esp32/types", board.replace("/", "-"));
	const { modules } = resolveFor(root, "manifest.json", board);
	const scripts = modules.filter(({ source }) => source.endsWith(".ts"));
	const configuration = {
		extends: join(root, "tsconfig.base.json"),
		compilerOptions: {
			target: "es2025",
			lib: ["es2025"],
			module: "preserve",
			moduleResolution: "bundler",
			paths: Object.fromEntries(scripts.map(({ specifier, source }) => [specifier, [source]])),
		},
		files: [
			...scripts.map(({ source }) => source),
			join(root, "hosts/native.d.ts"),
			join(root, "hosts/moddable/sdk.d.ts"),
		],
	};
	mkdirSync(folder, { recursive: true });
	const path = join(folder, "tsconfig.json");
	writeFileSync(path, JSON.stringify(configuration, null, "\t"));
	return path;
}
