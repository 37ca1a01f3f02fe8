// SPDX-License-Identifier: Apache-2.0
//
// tools/provisioning-server: serves a folder until it is stopped. Exit status 1 when it cannot, 2 for a bad command line.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { AuthOptions } from "./auth.js";
import { faultLines, faults } from "./faults.js";
import { startProvisioningServer, type TLSOptions } from "./server.js";

const usage = `usage: tools/provisioning-server [--root DIR] [--port N] [--listen ADDRESS]
           [--auth basic|digest --user U --password P] [--tls-cert FILE --tls-key FILE [--client-roots FILE]]
           [--fault NAME] | --list-faults
  --root DIR        folder to serve (default: the present one); rules in its provisioning.json
  --port N          default 8080, 0 for any free port
  --listen ADDRESS  default 127.0.0.1
  --auth SCHEME     ask for a user and password: basic, or digest with SHA-256 and MD5
  --tls-cert FILE, --tls-key FILE   serve https with this certificate chain and key (PEM)
  --client-roots FILE               with https: ask for a certificate and verify it against these roots (PEM)
  --fault NAME      answer every request for a file wrongly
  --list-faults     print the names of the faults, a line each, and end
`;

interface Options {
	root: string;
	port: number;
	address: string;
	fault?: string;
	auth?: AuthOptions;
	tls?: TLSOptions;
}

function parseTLS(certificate?: string, key?: string, roots?: string): TLSOptions | undefined {
	if (certificate === undefined && key === undefined && roots === undefined) return undefined;
	if (certificate === undefined || key === undefined) throw new RangeError("https wants --tls-cert and --tls-key");
	const tls: TLSOptions = { certificate: readFileSync(certificate, "utf8"), key: readFileSync(key, "utf8") };
	return roots === undefined ? tls : { ...tls, clientRoots: readFileSync(roots, "utf8") };
}

function parseAuth(scheme?: string, user?: string, password?: string): AuthOptions | undefined {
	if (scheme === undefined && user === undefined && password === undefined) return undefined;
	if (scheme !== "basic" && scheme !== "digest") throw new RangeError("--auth wants basic or digest");
	if (user === undefined || password === undefined) throw new RangeError("--auth wants --user and --password");
	if (user.includes(":")) throw new RangeError("--user cannot hold a colon");
	return { scheme, user, password };
}

/** @returns what to serve, or a text to print instead */
function parse(): Options | string {
	const { values } = parseArgs({
		options: {
			root: { type: "string", default: "." },
			port: { type: "string", default: "8080" },
			listen: { type: "string", default: "127.0.0.1" },
			fault: { type: "string" },
			"list-faults": { type: "boolean", default: false },
			auth: { type: "string" },
			user: { type: "string" },
			password: { type: "string" },
			"tls-cert": { type: "string" },
			"tls-key": { type: "string" },
			"client-roots": { type: "string" },
			help: { type: "boolean", short: "h", default: false },
		},
	});
	if (values.help) return usage;
	if (values["list-faults"]) return `${faultLines().join("\n")}\n`;
	if (!/^[0-9]{1,5}$/.test(values.port) || Number(values.port) > 65535)
		throw new RangeError(`--port wants 0 to 65535, not ${values.port}`);
	const { fault } = values;
	if (fault !== undefined && !Object.hasOwn(faults, fault))
		throw new RangeError(`--fault: no fault is called ${fault}; see --list-faults`);
	const auth = parseAuth(values.auth, values.user, values.password);
	const tls = parseTLS(values["tls-cert"], values["tls-key"], values["client-roots"]);
	return {
		...{ root: values.root, port: Number(values.port), address: values.listen },
		...(fault === undefined ? {} : { fault }),
		...(auth === undefined ? {} : { auth }),
		...(tls === undefined ? {} : { tls }),
	};
}

function message(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

let options: Options | string;
try {
	options = parse();
} catch (error) {
	process.stderr.write(`provisioning-server: ${message(error)}\n${usage}`);
	process.exit(2);
}
if (typeof options === "string") {
	process.stdout.write(options);
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
