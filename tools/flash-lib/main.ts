// SPDX-License-Identifier: Apache-2.0
//
// Entry of tools/flash: the command line of cli.ts on this process's arguments and streams.

import { flash } from "./cli.js";

const status = await flash(process.argv.slice(2), {
	input: process.stdin,
	output: process.stdout,
	out: (text) => process.stdout.write(text),
	error: (text) => process.stderr.write(text),
});
// esptool-js leaves a reader waiting on the port's stream; nothing else is open.
process.exit(status);
