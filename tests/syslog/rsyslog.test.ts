// SPDX-License-Identifier: Apache-2.0
//
// Messages to Debian's rsyslogd on a loopback port: it reads each field as it was meant.
// node-only: starts a server

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createSocket } from "node:dgram";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { SyslogClient } from "../../modules/syslog/client.js";
import { NodeUDP } from "../harness/node-udp.js";
import { nodeTimer } from "../http/node-tcp.js";

async function freeUDPPort(): Promise<number> {
	const socket = createSocket("udp4");
	await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
	const { port } = socket.address();
	await new Promise<void>((resolve) => socket.close(resolve));
	return port;
}

async function until(condition: () => boolean, what: string): Promise<void> {
	for (let i = 0; i < 1000; i++) {
		if (condition()) return;
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	assert.fail(what);
}

/** One line for each message: its fields as rsyslogd has parsed them, as JSON. */
class Rsyslog {
	readonly folder = mkdtempSync(join(tmpdir(), "upgate-rsyslog-"));
	readonly log = join(this.folder, "log");
	readonly #process: ChildProcess;

	constructor(port: number) {
		const fields = ["pri", "timestamp", "hostname", "app-name", "procid", "msgid", "structured-data", "msg"]
			.map(
				(name) =>
					`constant(value="\\"${name}\\":\\"") property(name="${name}" format="json"${name === "timestamp" ? ' dateFormat="rfc3339"' : ""})`,
			)
			.join(' constant(value="\\",") ');
		const configuration = join(this.folder, "rsyslog.conf");
		writeFileSync(
			configuration,
			`global(workDirectory="${this.folder}" net.enableDNS="off")
module(load="imudp")
template(name="fields" type="list") { constant(value="{") ${fields} constant(value="\\"}\\n") }
input(type="imudp" address="127.0.0.1" port="${port}" ruleset="all")
ruleset(name="all") { action(type="omfile" file="${this.log}" template="fields") }
`,
		);
		this.#process = spawn("rsyslogd", ["-n", "-f", configuration, "-i", join(this.folder, "pid")], {
			stdio: "inherit",
		});
	}

	get lines(): Record<string, string>[] {
		if (!existsSync(this.log)) return [];
		const lines = readFileSync(this.log, "utf8").split("\n").slice(0, -1);
		return lines.map((line) => JSON.parse(line) as Record<string, string>);
	}

	async close(): Promise<void> {
		const exit = new Promise((resolve) => this.#process.on("exit", resolve));
		this.#process.kill("SIGTERM");
		await exit;
		rmSync(this.folder, { recursive: true });
	}
}

const at = { time: null, ticks: 0 };

test("rsyslogd reads what was meant", async (t) => {
	const port = await freeUDPPort();
	const server = new Rsyslog(port);
	t.after(() => server.close());
	const resolver = {
		resolve: ({ host, onResolved }: { host: string; onResolved: (host: string, address: string) => void }) =>
			void setImmediate(() => onResolved(host, "127.0.0.1")),
		close: () => undefined,
	};
	const client = new SyslogClient({
		io: NodeUDP,
		resolver,
		timer: nodeTimer,
		clock: {
			now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6),
			ticks: () => performance.now(),
			set: () => undefined,
			source: "http",
		},
		destination: () => ({ host: "log", port }),
		facility: () => 17,
		hostName: () => "gw1.example.com",
		application: "upgate",
	});
	t.after(() => client.close());
	// The server takes datagrams when its port is open, which nothing else shows.
	const probe = createSocket("udp4");
	await until(() => {
		probe.send("<13>1 - - - - probe - x", port, "127.0.0.1");
		return server.lines.length > 0;
	}, "rsyslogd does not answer");
	probe.close();
	const seen = (msgid: string): Record<string, string> | undefined =>
		server.lines.find((line) => line["msgid"] === msgid);

	client.send({
		event: "file",
		file: "ini",
		result: "refused",
		code: "INI_X",
		reason: 'bad "value" ] \\ größer',
		...at,
	});
	await until(() => seen("file") !== undefined, "no file message");
	const line = seen("file") ?? {};
	assert.equal(line["pri"], String(17 * 8 + 3));
	assert.equal(line["timestamp"], "2026-01-02T03:04:05.006Z");
	assert.equal(line["hostname"], "gw1.example.com");
	assert.equal(line["app-name"], "upgate");
	assert.equal(line["procid"], "-");
	assert.match(
		line["structured-data"],
		/^\[meta sequenceId="[0-9]+"\]\[timeQuality tzKnown="1" isSynced="1"\]\[upgate@32473 file="ini" result="refused" code="INI_X"\]$/,
	);
	assert.equal(line["msg"].replace("\ufeff", ""), 'configuration refused: bad "value" ] \\ größer (INI_X)');

	client.send({ event: "verdict", result: "failed", version: "1", reason: "ü".repeat(2000), ...at });
	await until(() => seen("verdict") !== undefined, "no verdict message");
	const text = seen("verdict")?.["msg"] ?? "";
	assert.match(text, /^\ufeff?automatic update: failed \(version 1\): ü+$/);
	assert.ok(Buffer.byteLength(text) < 1000);
});
