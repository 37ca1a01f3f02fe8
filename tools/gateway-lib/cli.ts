// SPDX-License-Identifier: Apache-2.0
//
// tools/gateway: one gateway on this machine. Exit status 0 off or state reached, 1 failure or timeout, 2 bad command line.

import { join } from "node:path";
import { buildBootloader, projectRoot } from "../build/index.js";
import { makeFlash } from "./factory.js";
import { parseOptions, usage, UsageError } from "./options.js";
import { runGateway } from "./run.js";

async function main(): Promise<number> {
	const options = parseOptions(process.argv.slice(2), {
		flash: join(projectRoot, "run/gateway.flash"),
		partitions: join(projectRoot, "hosts/partitions/4mb.csv"),
	});
	if (options === undefined) {
		process.stdout.write(usage);
		return 0;
	}
	const { executable } = await buildBootloader();
	await makeFlash(options);
	return runGateway(executable, options);
}

try {
	process.exitCode = await main();
} catch (error) {
	const text = error instanceof Error ? error.message : String(error);
	process.stderr.write(`gateway: ${text}\n`);
	process.exitCode = error instanceof UsageError ? 2 : 1;
}
