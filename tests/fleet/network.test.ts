// SPDX-License-Identifier: Apache-2.0
//
// The fleet's network: nobody else is on it, and it loses one packet of ten when it is told to.
// node-only: needs name spaces of Linux.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import test from "node:test";
import { Network } from "../../tools/fleet-lib/network.js";
import { withoutNetworkSpaces } from "../harness/privileges.js";

/** Sends 3000 datagrams to itself and prints how many came. */
const program = `
const socket = require("node:dgram").createSocket("udp4");
let came = 0, sent = 0;
socket.on("message", () => came++);
socket.bind(0, "127.0.0.1", () => {
	const { port } = socket.address();
	const send = () => {
		// Fewer at a time than are read at a time: none must be lost in the socket's own buffer.
		for (let i = 0; i < 10; i++) socket.send("x", port, "127.0.0.1");
		if ((sent += 10) < 3000) return setTimeout(send, 1);
		setTimeout(() => (console.log(came), socket.close()), 200);
	};
	send();
});`;

function datagrams({ before }: Network): number {
	const [command, ...rest] = [...before, process.execPath, "-e", program];
	return Number(spawnSync(command, rest, { encoding: "utf8" }).stdout);
}

test("a network of its own counts bytes, and loses a tenth on demand", { skip: withoutNetworkSpaces() }, async (t) => {
	const network = await Network.make();
	t.after(() => network.close());
	assert.equal(network.own, true);
	assert.deepEqual(network.traffic(), { bytes: 0, packets: 0 });
	assert.equal(datagrams(network), 3000);
	const before = network.traffic();
	assert.ok((before?.packets ?? 0) >= 3000);
	network.startLoss();
	const lossy = datagrams(network);
	const lost = network.endLoss();
	// Of 3000 with a chance of 0.1 each: 300, give or take 6 standard deviations of 16.
	assert.ok(lossy > 2600 && lossy < 2800, `${lossy} of 3000 came`);
	assert.ok(Math.abs(lost - (3000 - lossy)) < 20, `${lost} dropped, ${3000 - lossy} missing`);
	assert.equal(datagrams(network), 3000);
});

test("a network that is given up loses nothing of others", async () => {
	const network = await Network.make();
	await network.close();
	await network.close();
	if (!network.own) assert.throws(() => network.startLoss(), { code: "FLEET_NETWORK" });
});
