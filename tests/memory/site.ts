// SPDX-License-Identifier: Apache-2.0
//
// A gateway with everything on, and all who talk to it: a provisioning server that wants a certificate and Digest, a syslog server, a
// browser, an SNMP manager, SIP senders. What the scenario of scenario.ts is played with. Node only.

import { createSocket, type Socket } from "node:dgram";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ProvisioningServer, startProvisioningServer } from "../../tools/provisioning-lib/server.js";
import { Bench, firmware, mac } from "../e2e/bench.js";
import { Client, freeUDPPort } from "../e2e/snmp-programs.js";
import { freePort } from "../harness/loopback.js";
import { ca, CertificateMaker, leaf } from "../tls/certificates.js";
import { Visitor } from "../web/site.js";

/** What is on. */
export interface Plan {
	/** Web pages, SIP over UDP, TCP and TLS, SNMPv3, syslog. */
	listeners: boolean;
	update: "none" | "http" | "https";
	/** Whether during the update people at the pages, the manager and SIP senders go on asking all the time. The open page with live values is there in any case. */
	load: boolean;
}

export interface SiteOptions extends Plan {
	/** Whether the gauge works; without it the gateway has its memory as it likes. */
	gauge: boolean;
	/** More of the boot loader's arguments. */
	args?: string[];
}

const variant = "gauge";

const user = "gauge";
const words = { auth: "correct-horse", priv: "battery-staple" };

const listenerLines = (syslogPort: number): string[] => [
	"EnableSIPRemoteReset = 1",
	"SIPNotifySources = '127.0.0.1'",
	"SIPNotifyInterval = 600",
	"DisableSNMP = 0",
	`SNMPUserName_0 = '${user}'`,
	"SNMPUserAuthProtocol_0 = 'SHA-256'",
	`SNMPUserAuthPassword_0 = '${words.auth}'`,
	"SNMPUserPrivProtocol_0 = 'AES'",
	`SNMPUserPrivPassword_0 = '${words.priv}'`,
	"EnableSyslog = 1",
	"SyslogServerIP = 127.0.0.1",
	`SyslogServerPort = ${syslogPort}`,
];
const portArgs = (ports: Record<string, number>): string[] =>
	Object.entries(ports).flatMap(([name, port]) => ["--port", `${name}=${port}`]);

const silentLines = ["DisableWebTask = 1"];

export class Site {
	readonly bench: Bench;
	readonly server: ProvisioningServer;
	readonly sipPort: number;
	readonly visitor: Visitor;
	readonly manager: Client;
	readonly #syslog: Socket;
	readonly #folder: string;

	private constructor(
		parts: { bench: Bench; server: ProvisioningServer; syslog: Socket; folder: string },
		ports: { sip: number; snmp: number; web: number },
	) {
		this.bench = parts.bench;
		this.server = parts.server;
		this.#syslog = parts.syslog;
		this.#folder = parts.folder;
		this.sipPort = ports.sip;
		this.visitor = new Visitor(`https://127.0.0.1:${ports.web}`);
		const security = ["-l", "authPriv", "-a", "SHA-256", "-A", words.auth, "-x", "AES", "-X", words.priv];
		this.manager = new Client(`127.0.0.1:${ports.snmp}`, ["-v", "3", "-u", user, ...security]);
	}

	/** Everything is there, and the gateway is off. */
	static async make({ listeners, update, gauge, args = [] }: SiteOptions): Promise<Site> {
		const folder = mkdtempSync(join(tmpdir(), "upgate-memory-"));
		const maker = new CertificateMaker(folder);
		const root = maker.issue({ name: "root", extensions: ca });
		const issued = maker.issue({ name: "server", by: root, extensions: leaf("IP:127.0.0.1") });
		const device = maker.issue({ name: "device", by: root, extensions: leaf("IP:127.0.0.1", "serverAuth,clientAuth") });
		const syslog = createSocket("udp4");
		await new Promise<void>((resolve) => syslog.bind(0, "127.0.0.1", resolve));
		const lines = listeners ? listenerLines((syslog.address() as AddressInfo).port) : silentLines;
		lines.push("AUPDDigestUsername = 'gauge'", "AUPDDigestPassword = 'digest-word'");
		const ports = { sip: await freePort(), snmp: await freeUDPPort(), web: await freePort() };
		const bench = await Bench.make({
			ini: [...lines, "AutoUpdateOnStartup = 0", ""].join("\r\n"),
			variant,
			credentials: { roots: root.certificateFile, certificate: device.certificateFile, key: device.keyFile },
			args: ["--listen", "127.0.0.1", ...portArgs(ports), ...(gauge ? [] : ["--option", "gauge=0"]), ...args],
		});
		const server = await startProvisioningServer({
			root: bench.www,
			port: 0,
			auth: { scheme: "digest", user: "gauge", password: "digest-word" },
			...(update === "https"
				? { tls: { certificate: issued.certificate, key: issued.key, clientRoots: root.certificate } }
				: {}),
		});
		writeFileSync(join(bench.www, "firmware.cmp"), await firmware("1.1.0", { variant }));
		const urls = [`IniFileURL = '${server.url}/config_<MAC>.ini'`, `AutoCmpFileUrl = '${server.url}/firmware.cmp'`];
		writeFileSync(join(bench.www, `config_${mac}.ini`), ["INIFileVersion = 3", ...lines, ...urls, ""].join("\r\n"));
		return new Site({ bench, server, syslog, folder }, ports);
	}

	async close(): Promise<void> {
		await this.bench.close();
		await this.server.close();
		this.#syslog.close();
		rmSync(this.#folder, { recursive: true, force: true });
	}
}
