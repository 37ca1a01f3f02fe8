// SPDX-License-Identifier: Apache-2.0
//
// `npm run test:sdk`: the SDK's own test files, unchanged, on hosts/linux.

import { run } from "./cli.js";

process.exitCode = await run(process.argv.slice(2), {
	out: (text) => process.stdout.write(text),
	error: (text) => process.stderr.write(text),
});
