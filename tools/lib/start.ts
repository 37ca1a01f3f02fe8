// SPDX-License-Identifier: Apache-2.0
//
// `npm start`: builds two firmware versions, serves the newer one with a configuration on loopback by https, and runs a
// factory-fresh gateway on this terminal until Ctrl-C. Server and gateway prove who they are by certificates of a private
// authority made on the spot, the gateway by Digest as well. `-- --once`: without a terminal, ends with 0 when the update is
// confirmed.

import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { build, buildBootloader, projectRoot } from "../build/index.js";
import { buildFirmware, writeFirmware } from "../firmware-lib/build.js";
import { makeKeyFiles, type KeyFiles } from "../firmware-lib/keys.js";
import { factoryVersion, makeFlash } from "../gateway-lib/factory.js";
import type { GatewayOptions } from "../gateway-lib/options.js";
import { runGateway } from "../gateway-lib/run.js";
import { type ProvisioningServer, startProvisioningServer } from "../provisioning-lib/server.js";
import { freePort } from "./free-port.js";
import { makePrivateCA, type PrivateCA } from "./private-ca.js";
import { startTriggers, type StartTriggers } from "./start-triggers.js";

const newVersion = "1.1.0";
const mac = "00908F1DD0D3";
/** Not below build/: what is built may be deleted under a running gateway, its flash may not. */
const folder = join(projectRoot, "run");
const served = join(folder, "www");
/** For the provisioning server; made anew each time. */
const user = "gateway";
const password = randomBytes(12).toString("base64url");
const shown = (path: string): string => relative(process.cwd(), path);

function say(text: string): void {
	process.stdout.write(`${text}\n`);
}

const template = `; configuration of gateway {{MAC}}
HostName = '{{NAME}}'
INIFileVersion = 1
IniFileURL = '{{SERVER}}/config_<MAC>.ini'
AutoCmpFileUrl = '{{SERVER}}/firmware.cmp'
AutoUpdateFrequency = 60
`;

const rules = {
	rules: [
		{
			path: "/config_{MAC}.ini",
			template: "gateway.ini",
			values: { default: { NAME: "spare" }, [mac]: { NAME: "lobby" } },
		},
		{ path: "/firmware.cmp", file: `upgate-${newVersion}.cmp` },
	],
};

async function prepare(triggers: StartTriggers): Promise<{ bootloader: string; factory: string; signing: KeyFiles }> {
	const onMessage = process.stdout.isTTY ? (line: string) => say(`  ${line}`) : undefined;
	const { executable: elf } = await build({ manifest: "manifest.json", platform: "linux", name: "gateway", onMessage });
	const { executable: bootloader } = await buildBootloader({ onMessage });
	const factory = join(folder, `upgate-${factoryVersion}.cmp`);
	const signing = makeKeyFiles(join(folder, "signing.pem"));
	const keys = [signing.private];
	writeFirmware(factory, await buildFirmware({ version: factoryVersion, elf, keys }));
	writeFirmware(join(served, `upgate-${newVersion}.cmp`), await buildFirmware({ version: newVersion, elf, keys }));
	writeFileSync(join(served, "gateway.ini"), `${template}${triggers.fetched.join("\n")}\n`);
	writeFileSync(join(served, "provisioning.json"), JSON.stringify(rules, null, "\t"));
	return { bootloader, factory, signing };
}

function serve({ server, root }: PrivateCA, log: string): Promise<ProvisioningServer> {
	const pem = (path: string): string => readFileSync(path, "utf8");
	return startProvisioningServer({
		root: served,
		port: 0,
		auth: { scheme: "digest", user, password },
		tls: { certificate: pem(server.certificate), key: pem(server.key), clientRoots: pem(root) },
		log: (line) => void appendFile(log, `${line}\n`),
	});
}

function gatewayOptions(
	factory: string,
	signing: KeyFiles,
	{ root, device }: PrivateCA,
	once: boolean,
): GatewayOptions {
	const notice = "Now running the new version. Try: help, show version, show update, show memory, update, reset";
	const options: GatewayOptions = {
		flash: join(folder, "gateway.flash"),
		mac,
		serial: "stdio",
		ini: join(folder, "factory.ini"),
		roots: root,
		certificate: device.certificate,
		key: device.key,
		signingKey: signing.public,
		firmware: factory,
		partitions: join(projectRoot, "hosts/partitions/4mb.csv"),
		events: join(folder, "events.jsonl"),
		passed: [],
	};
	/* For people, erasing and writing take the time they take on a chip. */
	if (!once) options.passed.push("--flash-timing", "1", "--option", `notice=${notice}`);
	else Object.assign(options, { until: "confirmed", timeoutSeconds: 120 });
	return options;
}

function sayTriggers({ lines }: StartTriggers): void {
	say("remote triggers      in another terminal, once the gateway runs:");
	for (const line of lines) say(`  ${line}`);
}

async function main(): Promise<number> {
	const { values } = parseArgs({ options: { once: { type: "boolean", default: false } } });
	say("upgate: building firmware ...");
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(served, { recursive: true });
	const message = join(folder, "notify.sip");
	const triggers = await startTriggers({ file: message, shown: shown(message) });
	const { bootloader, factory, signing } = await prepare(triggers);
	const authority = makePrivateCA(join(folder, "ca"), mac);
	const log = join(folder, "server.log");
	const server = await serve(authority, log);
	const options = gatewayOptions(factory, signing, authority, values.once);
	const port = await freePort();
	options.passed.push("--port", `web=${port}`);
	const ini = [`IniFileURL = '${server.url}/config_<MAC>.ini'`, `AUPDDigestUsername = '${user}'`];
	ini.push(`AUPDDigestPassword = '${password}'`, ...triggers.factory, "");
	options.passed.push(...triggers.passed);
	writeFileSync(join(folder, "factory.ini"), ini.join("\r\n"), { mode: 0o600 });
	await makeFlash(options);
	say(`provisioning server  ${server.url}, serves ${shown(served)}, log in ${shown(log)}`);
	say(
		`gateway              ${mac}, firmware ${factoryVersion} in ${shown(options.flash)}; the server offers ${newVersion}`,
	);
	say(
		`security             private root and certificates of both in ${shown(join(folder, "ca"))}; Digest user ${user}`,
	);
	say(
		`                     firmware is signed by the key in ${shown(signing.private)}; the gateway trusts that key only`,
	);
	say(`web pages            https://127.0.0.1:${port}/ (set a password first; root in ${shown(authority.root)})`);
	if (!values.once) sayTriggers(triggers);
	say(values.once ? "" : "Ctrl-C stops both.\n");
	try {
		const status = await runGateway(bootloader, options);
		if (values.once && status === 0) say(`\nupdate to ${newVersion} confirmed`);
		return status;
	} finally {
		await server.close();
	}
}

try {
	process.exitCode = await main();
} catch (error) {
	process.stderr.write(`start: ${error instanceof Error ? error.message : String(error)}\n`);
	process.exitCode = 1;
}
