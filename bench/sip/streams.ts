// SPDX-License-Identifier: Apache-2.0
//
// Requests over one connection of TCP and of TLS, a few on their way at a time: answers a second, and processor time of each; then many
// connections one after the other, and what is left of them in the heap. Debian's SIPp is built without TLS, so a client of Node's sends.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTLS } from "node:tls";
import type { Bench } from "../../tests/e2e/bench.js";
import { ca, CertificateMaker, leaf } from "../../tests/tls/certificates.js";
import { ask, cpuOf, fillHistory, growthText, heapUse, pause, say } from "../lib/gateway.js";
import { notify } from "./message.js";
import { start } from "./start.js";

const seconds = 5;
/** Requests on their way at a time. */
const window = 4;
const connections = 25;

/** @returns answers with 200 in the time */
async function send(socket: Socket, transport: string): Promise<number> {
	let [sent, answered, rest] = [0, 0, ""];
	let failure: Error | undefined;
	socket.on("error", (error) => (failure = error));
	socket.on("data", (chunk: Buffer) => {
		rest += chunk.toString("latin1");
		const parts = rest.split("\r\n\r\n");
		rest = parts.pop() ?? "";
		for (const part of parts) if (part.startsWith("SIP/2.0 200")) answered++;
		for (let i = 0; i < parts.length; i++) socket.write(notify(transport, sent++));
	});
	for (let i = 0; i < window; i++) socket.write(notify(transport, sent++));
	await pause(seconds * 1000);
	socket.destroy();
	if (failure !== undefined) throw failure;
	return answered;
}

type Open = () => Promise<Socket>;

async function measure(bench: Bench, transport: string, open: Open): Promise<void> {
	const socket = await open();
	const cpu = cpuOf(bench.firmwarePid);
	const answered = await send(socket, transport);
	const used = (cpuOf(bench.firmwarePid) - cpu) * 1000;
	say(`  ${transport}  ${(answered / seconds).toFixed(0)} answers/s, ${(used / answered).toFixed(0)} us of CPU each`);
	await pause(500);
}

/** Connections that come, are answered once, and go. */
async function churn(bench: Bench, transport: string, open: Open): Promise<void> {
	const before = await heapUse(bench);
	for (let i = 0; i < connections; i++) {
		const socket = await open();
		await new Promise((resolve) => {
			socket.once("data", () => socket.destroy());
			socket.once("close", resolve);
			socket.write(notify(transport, i));
		});
	}
	await pause(1000);
	say(`  ${transport}  ${connections} connections, one request each: heap ${growthText(before, await heapUse(bench))}`);
}

function opened(socket: Socket, event: string): Promise<Socket> {
	return new Promise((resolve, reject) => {
		socket.once(event, () => resolve(socket));
		socket.once("error", reject);
	});
}

export async function streams(): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), "upgate-bench-"));
	const maker = new CertificateMaker(folder);
	const root = maker.issue({ name: "root", extensions: ca });
	const device = maker.issue({ name: "device", by: root, extensions: leaf("IP:127.0.0.1", "serverAuth") });
	const credentials = { roots: root.certificateFile, certificate: device.certificateFile, key: device.keyFile };
	const { bench, port } = await start([], credentials);
	try {
		await ask(bench, "show sip", `TLS ${port + 1}`);
		await fillHistory(bench);
		say(
			`\none connection, ${window} NOTIFY at a time, ${seconds} s; listed sources' share of the time holds them back`,
		);
		const options = { host: "127.0.0.1", port: port + 1, ca: readFileSync(root.certificateFile) };
		const kinds: [string, Open][] = [
			["TCP", () => opened(connect(port, "127.0.0.1"), "connect")],
			["TLS", () => opened(connectTLS(options), "secureConnect")],
		];
		for (const [transport, open] of kinds) await measure(bench, transport, open);
		for (let i = 0; i < 3; i++) for (const [transport, open] of kinds) await churn(bench, transport, open);
	} finally {
		await bench.close();
		rmSync(folder, { recursive: true, force: true });
	}
}
