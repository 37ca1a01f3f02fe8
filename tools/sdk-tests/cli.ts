// SPDX-License-Identifier: Apache-2.0
//
// Command line of `npm run test:sdk -- DIR [FOLDER...]`. Exit status: 0 all as it should be, or skipped because no DIR was
// given; 1 a test failed; 2 wrong arguments.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, projectRoot } from "../build/index.js";
import { SdkTestsError } from "./error.js";
import type { Job } from "./inside.js";
import { privateNetwork } from "./network.js";
import { defaultFolders, planTests } from "./plan.js";

const usage = `usage: npm run test:sdk -- DIR [FOLDER...]
  DIR     path of a checkout of the Moddable SDK
  FOLDER  below tests/modules of it (default: ${defaultFolders.join(" ")})
`;

/** Where the command's text goes; the results of tests go to standard output. */
export interface Output {
	out(text: string): void;
	error(text: string): void;
}

async function testSdk(sdk: string, folders: string[], output: Output): Promise<number> {
	const target = join(projectRoot, "build/sdk-tests-bundle");
	const { manifest, tests } = planTests(sdk, folders.length > 0 ? folders : defaultFolders, target);
	const { executable } = await build({
		manifest,
		name: "sdk-tests",
		sanitize: process.env.UPGATE_SANITIZE !== "0",
		onMessage: (message) => output.out(`# ${message}\n`),
	});
	const job: Job = { executable, tests };
	const jobFile = join(target, "job.json");
	writeFileSync(jobFile, JSON.stringify(job));
	const network = privateNetwork();
	if (network === undefined) output.out("# no network of its own: ports of the tests may be taken\n");
	const inside = fileURLToPath(new URL("inside.ts", import.meta.url));
	const [command, ...rest] = [...(network ?? []), process.execPath, "--import", "tsx", inside, jobFile];
	return spawnSync(command, rest, { cwd: projectRoot, stdio: "inherit" }).status ?? 1;
}

/** Runs the command. @returns the exit status */
export async function run(args: string[], output: Output): Promise<number> {
	const [sdk, ...folders] = args;
	if (sdk === undefined) {
		output.out("skipped: the SDK's own tests: no path of an SDK checkout given (npm run test:sdk -- DIR)\n");
		return 0;
	}
	try {
		if (args.some((argument) => argument.startsWith("-"))) throw new SdkTestsError("SDK_TESTS_USAGE", usage);
		return await testSdk(sdk, folders, output);
	} catch (error) {
		if (!(error instanceof SdkTestsError)) throw error;
		output.error(`test:sdk: ${error.message}\n`);
		return 2;
	}
}
