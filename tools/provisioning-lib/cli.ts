// SPDX-License-Identifier: Apache-2.0
//
// tools/provisioning-server: serves a folder until it is stopped. Exit status 1 when it cannot, 2 for a bad command line.

import { parseArgs } from "node:util";
import { startProvisioningServer } from "./server.js";

const usage = `usage: tools/provisioning-server [--root DIR] [--port N] [--listen ADDRESS]
  --root DIR        folder to serve (default: the present one); rules in its provisioning.json
  --port N          default 8080, 0 for any free port
  --listen ADDRESS  default 127.0.0.1
`;

interface Options {
	root: string;
	port: number;
	address: string;
}

function parse(): Options | undefined {
	const { values } = parseArgs({
		options: {
			root: { type: "string", default: "." },
			port: { type: "string", default: "8080" },
			listen: { type: "string", default: "127.0.0.1" },
			help: { type: "boolean", short: "h", default: false },
		},
	});
	if (values.help) return undefined;
	if (!/^[0-9]{1,5}$/.test(values.port) || Number(values.port) > 65535)
		throw new RangeError(`--port wants 0 to 65535, not ${values.port}`);
	return { root: values.root, port: Number(values.port), address: values.listen };
}

function message(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

let options: Options | undefined;
try {
	options = parse();
} catch (error) {
	process.stderr.write(`provisioning-server: ${message(error)}\n${usage}`);
	process.exit(2);
}
if (options === undefined) {
	process.stdout.write(usage);
	process.exit(0);
}
try {
	const server = await startProvisioningServer({ ...options, log: (line) => process.stdout.write(`${line}\n`) });
	process.stdout.write(`serving ${options.root} at ${server.url}\n`);
	const stop = () => void server.close().then(() => process.exit(0));
	process.on("SIGINT", stop);
	process.on("SIGTERM", stop);
} catch (error) {
	process.stderr.write(`provisioning-server: ${message(error)}\n`);
	process.exitCode = 1;
}
