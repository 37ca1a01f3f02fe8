// SPDX-License-Identifier: Apache-2.0
//
// The server side against openssl's client: both versions, sessions, client certificates, and clients that misbehave.
// node-only: servers, sockets and processes

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { type ClientSpec, eventOf, ProgramServer, runClient, runOpenSSLClient } from "./bench.js";
import { ca, CertificateMaker, type Issued, leaf } from "./certificates.js";

const folder = mkdtempSync(join(tmpdir(), "upgate-tls-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const maker = new CertificateMaker(folder);
const root = maker.issue({ name: "root", extensions: ca });
const intermediate = maker.issue({ name: "intermediate", by: root, extensions: ca });
const own = maker.issue({ name: "server", by: intermediate, extensions: leaf("DNS:server.test") });
const rsa = maker.issue({ name: "rsa-server", by: root, key: "rsa2048", extensions: leaf("DNS:server.test") });
const client = maker.issue({ name: "client", by: root, extensions: leaf("", "clientAuth") });
const stranger = maker.issue({ name: "stranger", extensions: leaf("", "clientAuth") });
const trust = ["-CAfile", root.certificateFile, "-verify_return_error", "-verify_hostname", "server.test"];

const identity = (...chain: Issued[]): Pick<ClientSpec, "certificate" | "key"> => ({
	certificate: chain.map((issued) => issued.certificate).join(""),
	key: chain[0].key,
});

async function withServer<T>(spec: Omit<ClientSpec, "port">, body: (server: ProgramServer) => Promise<T>): Promise<T> {
	const server = await ProgramServer.start({ send: "answer\n", ...spec });
	try {
		return await body(server);
	} finally {
		await server.close();
	}
}

async function until(server: ProgramServer, name: string): Promise<void> {
	for (let i = 0; i < 500 && !server.events.some((event) => event.event === name); i++) {
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
}

for (const [version, flag] of [
	["TLSv1.2", "-tls1_2"],
	["TLSv1.3", "-tls1_3"],
]) {
	test(`${version}: a client is served, with a chain and with an RSA key`, async () => {
		for (const identityOf of [identity(own, intermediate), identity(rsa)]) {
			await withServer(identityOf, async (server) => {
				const { out, status } = await runOpenSSLClient(server.port, [flag, ...trust], "question\n");
				assert.match(out, /answer/);
				assert.match(out, /Verification: OK/);
				assert.equal(status, 0);
				assert.equal(eventOf(server.events, "secure").version, version);
			});
		}
	});

	test(`${version}: a client comes back with its session`, async () => {
		await withServer(identity(rsa), async (server) => {
			const file = join(folder, `session-${version}`);
			await runOpenSSLClient(server.port, [flag, ...trust, "-sess_out", file], "question\n");
			const { out } = await runOpenSSLClient(server.port, [flag, ...trust, "-sess_in", file], "question\n");
			assert.match(out, /\nReused, TLSv1/);
			assert.match(out, /answer/);
		});
	});

	test(`${version}: a client certificate is asked for and verified`, async () => {
		const spec = { ...identity(rsa), verify: "required" as const, roots: [root.certificate] };
		await withServer(spec, async (server) => {
			const shown = ["-cert", client.certificateFile, "-key", client.keyFile];
			assert.match((await runOpenSSLClient(server.port, [flag, ...trust, ...shown], "question\n")).out, /answer/);
		});
		for (const [shown, code] of [
			[[], "TLS_CERTIFICATE_MISSING"],
			[["-cert", stranger.certificateFile, "-key", stranger.keyFile], "TLS_SELF_SIGNED"],
		] as [string[], string][]) {
			await withServer(spec, async (server) => {
				const { out } = await runOpenSSLClient(server.port, [flag, ...trust, ...shown], "question\n");
				assert.doesNotMatch(out, /answer/);
				await until(server, "error");
				assert.equal(eventOf(server.events, "error").code, code);
			});
		}
	});
}

test("our client and our server understand each other", async () => {
	await withServer({ ...identity(own, intermediate), protocols: ["http/1.1"] }, async (server) => {
		const spec = {
			port: server.port,
			host: "server.test",
			roots: [root.certificate],
			protocols: ["http/1.1"],
			times: 2,
		};
		const events = await runClient({ ...spec, send: "question" });
		assert.equal(eventOf(events, "error").code, "TLS_CLOSED");
		assert.equal(eventOf(events, "data").text, "answer\n");
		assert.equal(eventOf(events, "secure").protocol, "http/1.1");
	});
});

test("old versions and clients without TLS are refused, and the next client is served", async () => {
	await withServer(identity(rsa), async (server) => {
		const old = await runOpenSSLClient(server.port, ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"], "question\n");
		assert.doesNotMatch(old.out, /answer/);
		await until(server, "error");
		const socket = connect(server.port, "127.0.0.1");
		socket.on("error", () => undefined);
		socket.write("GET / HTTP/1.0\r\n\r\n");
		await new Promise((resolve) => socket.on("close", resolve));
		assert.equal(server.events.filter((event) => event.event === "error").at(-1)?.code, "TLS_RECORD");
		assert.match((await runOpenSSLClient(server.port, trust, "question\n")).out, /answer/);
	});
});
