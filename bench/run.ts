// SPDX-License-Identifier: Apache-2.0
//
// `npm run bench -- NAME [options]`: runs one benchmark of this folder, each in a folder of its own with a run.ts. Without a name: the
// table of them all.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const names = readdirSync(here).filter((name) => existsSync(join(here, name, "run.ts")));
const [name = "table", ...rest] = process.argv.slice(2);

if (!names.includes(name)) {
	console.error(`usage: npm run bench -- NAME [options]; names: ${names.join(", ")}`);
	process.exitCode = 2;
} else {
	const args = ["--import", "tsx", join(here, name, "run.ts"), ...rest];
	process.exitCode = spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;
}
