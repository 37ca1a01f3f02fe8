// SPDX-License-Identifier: Apache-2.0
//
// The gateway on the emulated RISC-V machine: its start, and an update over http and https through QEMU's network.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { type ServerOptions, startProvisioningServer } from "../../tools/provisioning-lib/server.js";
import { ca, CertificateMaker, leaf } from "../tls/certificates.js";
import { Board, firmware, hostAddress, mac } from "./board.js";

test("the machine starts, prints the prompt and answers commands, also after a reset", async (t) => {
	const board = await Board.make("");
	t.after(() => board.close());
	board.powerOn();
	await board.printed(/boot: ota_0 at 0x20000, upgate 1\.0\.0, valid/);
	await board.printed(/nothing new/);
	board.type("show version");
	const answer = await board.printed(/upgate> show version[^]*version +1\.0\.0[^]*last reset +power-on/);
	assert.match(board.serial, /MAC address +00:90:8f:1d:d0:d3/);
	board.type("reset");
	await board.printed(/rst: software[^]*started after software/, answer);
});

/** Serves firmware 1.1.0 and an ini that names it, under https with a certificate for the address the machine sees. */
async function serve(board: Board, tls?: ServerOptions["tls"]) {
	const requests: string[] = [];
	const server = await startProvisioningServer({
		root: board.www,
		port: 0,
		log: (line) => requests.push(line),
		...(tls !== undefined && { tls }),
	});
	const url = `${tls === undefined ? "http" : "https"}://${hostAddress}:${server.port}`;
	writeFileSync(join(board.www, "firmware.cmp"), await firmware("1.1.0"));
	const ini = `INIFileVersion = 7\nIniFileURL = '${url}/config_<MAC>.ini'\nAutoCmpFileUrl = '${url}/firmware.cmp'\n`;
	writeFileSync(join(board.www, `config_${mac}.ini`), ini);
	return { url, requests, close: () => server.close() };
}

/** Has the gateway update from the server, and waits for what comes of it. */
async function update(board: Board, url: string): Promise<void> {
	board.powerOn();
	await board.printed(/nothing new/);
	for (const line of [`set IniFileURL ${url}/config_<MAC>.ini`, "save", "update"]) board.type(line);
	await board.printed(/automatic update: updated \(version 1\.1\.0\)/);
	await board.printed(/rst: software[^]*boot: ota_1 at 0x1f0000, upgate 1\.1\.0, pending/);
	await board.printed(/automatic update: confirmed \(version 1\.1\.0\)/);
	const settled = await board.printed(/automatic update: nothing new \(version 1\.1\.0\)/);
	board.type("show slots");
	await board.printed(/ota_1 +upgate 1\.1\.0 +VALID, sequence 2, running/, settled);
}

test("an update over http is written, restarted with, confirmed, and outlives a power cycle", async (t) => {
	const board = await Board.make("");
	t.after(() => board.close());
	const server = await serve(board);
	t.after(() => server.close());
	await update(board, server.url);
	const from = board.serial.length;
	await board.powerOff();
	board.powerOn();
	await board.printed(/boot: ota_1 at 0x1f0000, upgate 1\.1\.0, valid[^]*nothing new \(version 1\.1\.0\)/, from);
	const slot = readFileSync(board.flash).subarray(0x1f0000);
	const image = readFileSync(join(board.www, "firmware.cmp"));
	assert.ok(image.equals(slot.subarray(0, image.length)), "the slot holds the image");
});

test("an update over https, with a private root and the gateway's own certificate, is confirmed", async (t) => {
	const folder = mkdtempSync(join(tmpdir(), "upgate-riscv-tls-"));
	t.after(() => rmSync(folder, { recursive: true, force: true }));
	const maker = new CertificateMaker(folder);
	const root = maker.issue({ name: "root", extensions: ca });
	const own = maker.issue({ name: "server", by: root, extensions: leaf(`IP:${hostAddress}`) });
	const device = maker.issue({ name: "device", by: root, extensions: leaf("", "clientAuth") });
	const board = await Board.make("", {
		roots: root.certificateFile,
		certificate: device.certificateFile,
		key: device.keyFile,
	});
	t.after(() => board.close());
	const server = await serve(board, { ...own, clientRoots: root.certificate });
	t.after(() => server.close());
	await update(board, server.url);
	const last = server.requests.at(-1) ?? "";
	assert.match(last, /TLSv1\.3 certificate: device/);
});
