// SPDX-License-Identifier: Apache-2.0
//
// Command line of the builder.
// Usage: npm run build -- [--manifest F] [--name N] [--platform P] [--debug] [--sanitize] [--m32] [--bootloader]

import { parseArgs } from "node:util";
import { BuildError, type BuildOptions, build, buildBootloader } from "./index.js";

const usage =
	"usage: npm run build -- [--manifest F] [--name N] [--platform P] [--debug] [--sanitize] [--m32] [--bootloader]";

function readOptions(): BuildOptions & { bootloader: boolean } {
	const { values } = parseArgs({
		options: {
			manifest: { type: "string" },
			name: { type: "string" },
			platform: { type: "string" },
			debug: { type: "boolean", default: false },
			sanitize: { type: "boolean", default: false },
			m32: { type: "boolean", default: false },
			bootloader: { type: "boolean", default: false },
		},
	});
	const { m32, ...rest } = values;
	return { ...rest, bits32: m32 };
}

async function main(): Promise<void> {
	const { bootloader, ...options } = readOptions();
	const onMessage = (message: string): void => console.log(message);
	const result = bootloader ? await buildBootloader({ onMessage, ...options }) : await build({ onMessage, ...options });
	console.log(`${result.executable}${result.changed ? "" : " is up to date"}`);
}

main().catch((error: unknown) => {
	if (error instanceof BuildError) console.error(error.message);
	else if (error instanceof TypeError && "code" in error) console.error(`${error.message}\n${usage}`);
	else throw error;
	process.exitCode = 1;
});
