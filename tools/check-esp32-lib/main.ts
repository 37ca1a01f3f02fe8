// SPDX-License-Identifier: Apache-2.0
//
// `npm run check:esp32`: does the program still build for the ESP32 boards and the SDK's simulator? What can be known without the SDK is
// always checked; MODDABLE and IDF_PATH add to it.
// Usage: npm run check:esp32 [-- BOARD...], BOARD as for mcconfig -p

import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { boards, moduleManifests, resolveFor, writeTypeCheck } from "./flavours.js";
import { Report, run } from "./report.js";
import { checkWithSDK } from "./sdk.js";

const root = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** For `npm test`, which tells nothing of what needs the SDK. */
const withoutSDK = "--without-sdk";

function checkFlavours(report: Report): void {
	const manifests = moduleManifests();
	report.step(`manifests of ${manifests.length} modules for ${boards.length} boards`, () => {
		for (const manifest of manifests) for (const board of boards) resolveFor(root, manifest, board);
	});
	report.step("types without the SDK", () => {
		run(join(root, "node_modules/.bin/tsc"), ["-p", writeTypeCheck(root)], { cwd: root });
	});
}

/** Why the steps with the SDK cannot run. */
function obstacle(sdk: string | undefined): string | undefined {
	if (sdk === undefined || sdk === "") return "MODDABLE is not set";
	if (!existsSync(join(sdk, "build/bin/lin/release/mcconfig"))) return `no tools in ${sdk}/build/bin/lin/release`;
	return undefined;
}

function checkBoards(report: Report, wanted: readonly string[]): void {
	const { MODDABLE: sdk, IDF_PATH } = process.env;
	const idf = IDF_PATH === "" ? undefined : IDF_PATH;
	const why = obstacle(sdk);
	for (const board of wanted) {
		if (why !== undefined) report.skip(`${board}: mcconfig, types with the SDK's typings, xsc and xsl`, why);
		else checkWithSDK(report, board, { root, sdk: sdk ?? "", idf });
		if (board === "lin") {
			if (why !== undefined) report.skip("lin: build and start", why);
		} else if (why !== undefined || idf === undefined) report.skip(`${board}: firmware`, why ?? "IDF_PATH is not set");
	}
}

function main(args: string[]): boolean {
	const report = new Report();
	if (args[0] === withoutSDK) {
		checkFlavours(report);
		return !report.failed;
	}
	const unknown = args.filter((board) => !boards.includes(board));
	if (unknown.length > 0) {
		console.error(`check:esp32: no such board: ${unknown.join(", ")}; there are ${boards.join(", ")}`);
		return false;
	}
	checkFlavours(report);
	checkBoards(report, args.length > 0 ? args : boards);
	return !report.failed;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv.slice(2)) ? 0 : 1;
