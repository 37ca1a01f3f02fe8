// SPDX-License-Identifier: Apache-2.0
//
// Runs our linker (tools/linker): all modules to bytecode as C arrays, `mc.xs.c`, and the identifiers, `mc.xs.h`.

import { readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { type Toolchain, runTool } from "./compile.js";
import { hashText, writeIfChanged } from "./files.js";
import type { Lists, Script } from "./scripts.js";

/**
 * Links the modules when one of them, or the linker, is new.
 * @returns absolute path of mc.xs.c
 * @throws BuildError LINKER_FAILED with the linker's message
 */
export async function linkModules(
	linker: string,
	scripts: Script[],
	lists: Lists,
	folder: string,
	tools: Toolchain,
): Promise<string> {
	const code = join(folder, "mc.xs.c");
	const header = join(folder, "mc.xs.h");
	const inputs = [linker, lists.modulesList, lists.idsList];
	for (const { js, map } of scripts) inputs.push(js, ...(map === undefined ? [] : [map]));
	const command = hashText("linker", ...inputs);
	if (tools.cache.isCurrent(code, command) && tools.cache.hash(header) !== undefined) return code;
	tools.onMessage(`link ${scripts.length} modules`);
	const shown = (path: string): string => relative(tools.root, path);
	const fresh = [`${code}.new`, `${header}.new`] as const;
	const args = [
		"--list",
		shown(lists.modulesList),
		"--ids",
		shown(lists.idsList),
		"--c",
		shown(fresh[0]),
		"--h",
		shown(fresh[1]),
	];
	await runTool(linker, args, tools.root, "LINKER_FAILED");
	for (const [from, to] of [
		[fresh[0], code],
		[fresh[1], header],
	] as const) {
		writeIfChanged(to, readFileSync(from));
		tools.cache.forget(to);
		rmSync(from);
	}
	tools.cache.record(code, command, inputs);
	tools.cache.save();
	return code;
}
