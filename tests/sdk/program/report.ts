// SPDX-License-Identifier: Apache-2.0
//
// The result of the one test this program runs: a line of JSON, then the end. The first report counts; the reader is
// tools/sdk-tests/run.ts.

import { exit, print } from "xs-tests/native";

function explain(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	return error.stack ?? String(error);
}

export function pass(): void {
	print(JSON.stringify({ result: "pass" }));
	exit(0);
}

export function fail(error: unknown): void {
	print(JSON.stringify({ result: "fail", reason: explain(error) }));
	exit(0);
}

/** For what this machine lacks, not the code under test. */
export function skip(reason: string): void {
	print(JSON.stringify({ result: "skip", reason }));
	exit(0);
}
