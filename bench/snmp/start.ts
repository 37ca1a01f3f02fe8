// SPDX-License-Identifier: Apache-2.0
//
// A gateway with its agent and a server beside it, and Net-SNMP's snmpd, both on loopback.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Bench, firmware, isVerdict, mac } from "../../tests/e2e/bench.js";
import { freeUDPPort } from "../../tests/e2e/snmp-programs.js";
import { startProvisioningServer } from "../../tools/provisioning-lib/server.js";
import { pause } from "../lib/gateway.js";

export interface Daemon {
	port: number;
	pid: number;
	close(): Promise<void>;
}

export async function startSNMPD(): Promise<Daemon> {
	const folder = mkdtempSync(join(tmpdir(), "upgate-snmpd-"));
	const port = await freeUDPPort();
	const config = join(folder, "snmpd.conf");
	writeFileSync(config, "rocommunity look 127.0.0.1\n");
	const env = { PATH: process.env.PATH, MIBS: "", SNMP_PERSISTENT_DIR: folder };
	const args = ["-f", "-Lf", join(folder, "log"), "-C", "-c", config, "-I", "-smux", `udp:127.0.0.1:${port}`];
	const daemon = spawn("/usr/sbin/snmpd", args, { env, stdio: "ignore" });
	const ended = new Promise((resolve) => daemon.on("close", resolve));
	const { pid } = daemon;
	if (pid === undefined) throw new Error("snmpd does not start");
	await pause(1500);
	const close = async (): Promise<void> => {
		daemon.kill();
		await ended;
		rmSync(folder, { recursive: true, force: true });
	};
	return { port, pid, close };
}

export interface Agent {
	bench: Bench;
	port: number;
	close(): Promise<void>;
}

/** @param limit requests a second that it takes of one source, 0 for all */
export async function gateway(limit: number): Promise<Agent> {
	const port = await freeUDPPort();
	const ini = `DisableSNMP = 0\nSNMPReadOnlyCommunityString_0 = 'look'\nSNMPRateLimit = ${limit}\n`;
	const bench = await Bench.make({ ini, args: ["--port", `snmp=${port}`] });
	const server = await startProvisioningServer({ root: bench.www, port: 0, log: () => undefined });
	writeFileSync(join(bench.www, "firmware.cmp"), await firmware("1.1.0"));
	const lines = `IniFileURL = '${server.url}/config_<MAC>.ini'\nAutoCmpFileUrl = '${server.url}/firmware.cmp'\n`;
	writeFileSync(join(bench.www, `config_${mac}.ini`), ini + lines);
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	bench.type(`set IniFileURL ${server.url}/config_<MAC>.ini`);
	bench.type("save");
	await bench.printed("saved");
	const close = async (): Promise<void> => {
		await bench.close();
		await server.close();
	};
	return { bench, port, close };
}
