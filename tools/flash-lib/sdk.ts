// SPDX-License-Identifier: Apache-2.0
//
// Builds the firmware with the Moddable SDK: runs its mcconfig on our manifest, and finds the folder of results.
// Leaves out setting the SDK up (README.md) and mcconfig's own flashing, which needs a shell with ESP-IDF's tools.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { FlashError } from "./error.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where the SDK builds for `board`, under build/. */
export function outputFolder(board: string): string {
	return join(root, "build/sdk", board.replace(/[^a-z0-9_]+/gi, "-"));
}

/** The folder with `bootloader.bin` below `folder`. */
function findResults(folder: string): string | undefined {
	if (existsSync(join(folder, "bootloader.bin"))) return folder;
	for (const entry of readdirSync(folder, { withFileTypes: true })) {
		const found = entry.isDirectory() ? findResults(join(folder, entry.name)) : undefined;
		if (found !== undefined) return found;
	}
	return undefined;
}

function checkEnvironment(): void {
	const missing = ["MODDABLE", "IDF_PATH"].filter((name) => (process.env[name] ?? "") === "");
	const folders = (process.env.PATH ?? "").split(":");
	const ready = folders.some((folder) => existsSync(join(folder, "idf.py")));
	if (missing.length === 0 && ready) return;
	const text =
		missing.length === 0
			? "idf.py is not in PATH: export.sh of ESP-IDF has not run in this shell"
			: `${missing.join(" and ")} not set: set up the Moddable SDK (README.md)`;
	throw new FlashError("FLASH_SDK", `${text}, or flash ready images by --image FOLDER`);
}

/** The program's name for mcconfig, which takes it from the folder of the manifest. */
const name = "upgate";

/** A manifest of our own: the version is a define, and those of a manifest win over what it includes. @returns its path */
export function writeManifest(output: string, version: string | undefined): string {
	const path = join(output, name, "manifest.json");
	const upgate = { version: JSON.stringify(version) };
	const manifest = {
		include: [join(relative(dirname(path), root), "manifest.json")],
		...(version === undefined ? {} : { defines: { upgate } }),
	};
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, JSON.stringify(manifest, null, "\t"));
	return path;
}

/**
 * Builds the release for `board`; the SDK's messages go to the error stream.
 * @param board as mcconfig takes it after -p: `esp32/wt32_eth01`
 * @param version that the firmware carries; default: that of hosts/esp32/manifest.json
 * @returns folder with loader, partition table and app
 * @throws FlashError FLASH_SDK, FLASH_BUILD
 */
export function buildForBoard(board: string, version?: string): string {
	checkEnvironment();
	const output = outputFolder(board);
	const args = ["-m", "-p", board, "-o", output, "-t", "build", writeManifest(output, version)];
	const { status, error } = spawnSync("mcconfig", args, { cwd: root, stdio: ["ignore", 2, 2] });
	if (error !== undefined) {
		throw new FlashError("FLASH_SDK", `mcconfig cannot be run (${error.message}): is its folder in PATH?`);
	}
	if (status !== 0) throw new FlashError("FLASH_BUILD", `mcconfig -m -p ${board} failed with status ${status}`);
	const bin = join(output, "bin");
	const found = existsSync(bin) ? findResults(bin) : undefined;
	if (found === undefined) throw new FlashError("FLASH_BUILD", `mcconfig left no bootloader.bin below ${bin}`);
	return found;
}
