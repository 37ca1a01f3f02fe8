// SPDX-License-Identifier: Apache-2.0
//
// Two hundred slow clients at the port of the pages do not stop an update, and do not keep an operator out for good.
// node-only: a gateway and sockets

import test from "node:test";
import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { firmware, isVerdict } from "../e2e/bench.js";
import { Nginx } from "../e2e/nginx.js";
import { Site } from "./site.js";

/** Sends a head a byte now and then, and comes back when it is thrown out. */
class SlowClient {
	#socket: Socket | undefined;
	#stopped = false;
	readonly #port: number;

	constructor(port: number) {
		this.#port = port;
		this.#begin();
	}

	stop(): void {
		this.#stopped = true;
		this.#socket?.destroy();
	}

	#begin(): void {
		if (this.#stopped) return;
		const socket = connect(this.#port, "127.0.0.1");
		this.#socket = socket;
		const drip = setInterval(() => socket.write("x"), 500);
		socket.on("connect", () => socket.write("GET / HTTP/1.1\r\nX: "));
		socket.on("error", () => undefined);
		socket.on("close", () => {
			clearInterval(drip);
			setTimeout(() => this.#begin(), 100);
		});
	}
}

test("two hundred slow clients do not stop an update", async (t) => {
	const site = await Site.open({ ini: "AutoUpdateOnStartup = 0\nHTTPSOnly = 1\n" });
	t.after(() => site.close());
	const { bench } = site;
	const clients = Array.from({ length: 200 }, () => new SlowClient(Number(new URL(site.url).port)));
	t.after(() => clients.forEach((client) => client.stop()));
	chmodSync(bench.folder, 0o755);
	const nginx = await Nginx.start(join(bench.folder, "nginx"), bench.www);
	t.after(() => nginx.close());
	writeFileSync(join(bench.www, "firmware.cmp"), await firmware("1.1.0"));
	bench.type(`set AutoCmpFileUrl ${nginx.url}/firmware.cmp`);
	bench.type("save");
	bench.type("update");
	await bench.until(isVerdict("confirmed"));
	assert.equal(bench.all("boot").at(-1)?.version, "1.1.0");
	assert.doesNotMatch(bench.serial, /panic|fault/);
	clients.forEach((client) => client.stop());
	const visitor = site.visitor();
	for (let tries = 0; ; tries++) {
		try {
			assert.equal((await visitor.ask("/api/session")).status, 200);
			return;
		} catch (error) {
			if (tries === 20) throw error;
			await new Promise((resolve) => setTimeout(resolve, 500));
		}
	}
});
