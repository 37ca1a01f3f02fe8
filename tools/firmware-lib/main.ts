// SPDX-License-Identifier: Apache-2.0
//
// Entry of tools/firmware: the command line of cli.ts on this process's arguments and streams.

import { firmware } from "./cli.js";

process.exitCode = await firmware(process.argv.slice(2), {
	out: (text) => process.stdout.write(text),
	error: (text) => process.stderr.write(text),
});
