// SPDX-License-Identifier: Apache-2.0
//
// The machine's network beside updates: a listener that is reached from outside, datagrams out, a port that nobody has.

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import type { AddressInfo } from "node:net";
import test from "node:test";
import { freePort } from "../harness/loopback.js";
import { Board, hostAddress } from "./board.js";

test("web pages are served, events go to a syslog server, and a port that nobody has does not answer", async (t) => {
	const syslog = createSocket("udp4");
	t.after(() => syslog.close());
	const datagrams: string[] = [];
	syslog.on("message", (bytes) => datagrams.push(bytes.toString()));
	await new Promise<void>((resolve) => syslog.bind(0, "127.0.0.1", resolve));
	const { port } = syslog.address() as AddressInfo;
	const board = await Board.make(
		`HTTPSOnly = 0\nEnableSyslog = 1\nSyslogServerIP = ${hostAddress}\nSyslogServerPort = ${port}\n`,
	);
	t.after(() => board.close());
	const web = await freePort();
	board.powerOn([{ from: web, to: 80 }]);
	const started = await board.printed(/nothing new/);

	const answers = await Promise.all([1, 2, 3].map(() => fetch(`http://127.0.0.1:${web}/`)));
	for (const answer of answers) {
		assert.equal(answer.status, 200);
		assert.match(await answer.text(), /<html/i);
	}
	assert.ok(
		datagrams.some((text) => text.includes("upgate")),
		datagrams.join("\n"),
	);
	const closed = await freePort();
	board.type(`ping ${hostAddress} ${closed}`);
	await board.printed(/0 of 4 answered/, started);
});
