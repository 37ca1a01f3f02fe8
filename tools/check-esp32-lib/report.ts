// SPDX-License-Identifier: Apache-2.0
//
// Steps with a name: done, failed, or skipped and said so.

import { spawnSync } from "node:child_process";

export class Report {
	failed = false;

	step(name: string, work: () => void): boolean {
		const started = Date.now();
		try {
			work();
			console.log(`ok      ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
			return true;
		} catch (error) {
			this.failed = true;
			console.log(`FAIL    ${name}: ${error instanceof Error ? error.message : String(error)}`);
			return false;
		}
	}
	skip(name: string, why: string): void {
		console.log(`skipped ${name}: ${why}`);
	}
}

/** Most that is shown of a program that failed, characters. */
const shown = 4000;

/** @throws Error with the end of what the program wrote. @returns what it wrote */
export function run(command: string, args: string[], options: { cwd: string; env?: NodeJS.ProcessEnv }): string {
	const timeout = 60 * 60_000;
	const result = spawnSync(command, args, { ...options, encoding: "utf8", maxBuffer: 64 * 1024 * 1024, timeout });
	if (result.error) throw new Error(`${command}: ${result.error.message}`);
	const output = `${result.stdout}${result.stderr}`;
	if (result.status !== 0) throw new Error(`${command} ended with ${result.status}\n${output.slice(-shown)}`);
	return output;
}
