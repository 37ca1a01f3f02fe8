// SPDX-License-Identifier: Apache-2.0
//
// Runs one test file in test262 form: `--option test=SPECIFIER`, `--option async=1` when it ends by $DONE, `--option
// throws=NAME` when it must end with an exception of that class.

import Board from "upgate/linux/board";
import { print } from "xs-tests/native";
import { installGlobals } from "sdk-tests/globals";
import { fail, pass } from "sdk-tests/report";

/** Classes of the language and Test262Error have their name in the constructor or in the instance. */
function isNamed(error: unknown, name: string): boolean {
	return error instanceof Error && (error.constructor.name === name || error.name === name);
}

async function run(test: string, isAsync: boolean, expected: string | undefined): Promise<void> {
	try {
		await import(test);
	} catch (error) {
		if (expected !== undefined && isNamed(error, expected)) pass();
		else fail(error);
		return;
	}
	if (expected !== undefined) fail(`expected ${expected}, got no exception`);
	else if (!isAsync) pass();
}

export default function main(): void {
	const board = new Board();
	installGlobals((text) => print(text.trim()));
	run(board.option("test") ?? "", board.option("async") === "1", board.option("throws")).catch(fail);
}
