// SPDX-License-Identifier: Apache-2.0
//
// The client against openssl's server: client certificates, versions, sessions, ALPN, names, long bodies in small pieces, broken
// connections, heap.
// node-only: servers, sockets and processes

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { type ClientSpec, eventOf, OpenSSLServer, type ProgramEvent, runClient } from "./bench.js";
import { ca, CertificateMaker, type Issued, leaf } from "./certificates.js";
import { type Mischief, Proxy } from "./proxy.js";

const folder = mkdtempSync(join(tmpdir(), "upgate-tls-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const maker = new CertificateMaker(folder);
const root = maker.issue({ name: "root", extensions: ca });
const own = maker.issue({ name: "server", by: root, extensions: leaf("DNS:server.test,IP:127.0.0.1") });
const device = maker.issue({ name: "device", by: root, extensions: leaf("", "clientAuth") });
const rsaDevice = maker.issue({ name: "rsa-device", key: "rsa2048", by: root, extensions: leaf("", "clientAuth") });
const foreign = maker.issue({ name: "foreign", extensions: leaf("", "clientAuth") });
const big = randomBytes(1_000_000);
writeFileSync(join(folder, "big.bin"), big);

/** What the program computes over a body that it reads in pieces of 2048 bytes at most; only for whole records of 16 KB. */
const versions = ["1.2", "1.3"];

async function talk(args: string[], spec: Partial<ClientSpec>, mischief?: Mischief): Promise<ProgramEvent[]> {
	const server = await OpenSSLServer.start(own, args, folder);
	const proxy = mischief && (await Proxy.start(server.port, mischief));
	try {
		const port = proxy?.port ?? server.port;
		const common = { host: "server.test", roots: [root.certificate], send: "GET / HTTP/1.0\r\n\r\n" };
		return await runClient({ ...common, ...spec, port });
	} finally {
		proxy?.close();
		await server.close();
	}
}

const only = (version: string): Partial<ClientSpec> => ({ minimum: version, maximum: version });
const identity = (issued: Issued): Partial<ClientSpec> => ({ certificate: issued.certificate, key: issued.key });
const mutual = ["-www", "-Verify", "1", "-verify_return_error", "-CAfile", root.certificateFile];

for (const version of versions) {
	for (const [kind, issued] of [
		["ECDSA", device],
		["RSA", rsaDevice],
	] as const) {
		test(`TLS ${version}: a client certificate is shown when asked for, ${kind}`, async () => {
			const events = await talk(mutual, { ...only(version), ...identity(issued) });
			assert.equal(eventOf(events, "error").code, "TLS_CLOSED");
			assert.match(String(eventOf(events, "data").text), /^HTTP\/1.0 200/);
		});
	}

	test(`TLS ${version}: a server that wants a certificate refuses a client without one, or with one of a stranger`, async () => {
		for (const spec of [{}, identity(foreign)]) {
			const error = eventOf(await talk(mutual, { ...only(version), ...spec }), "error");
			// Under TLS 1.3 the handshake is over for the client when the server judges it.
			assert.equal(error.code, version === "1.2" ? "TLS_REFUSED" : "TLS_REFUSED_LATE");
			assert.equal(error.number, 0x7780);
		}
	});

	test(`TLS ${version}: a session shortens the next handshake`, async () => {
		const events = await talk(["-www"], { ...only(version), times: 3, texts: 8000 });
		const texts = events.filter((event) => event.event === "data").map((event) => String(event.text));
		assert.equal(texts.length, 3);
		assert.match(texts[0], /\nNew, TLSv/);
		assert.match(texts[1], /\nReused, TLSv/);
		assert.match(texts[2], /\nReused, TLSv/);
	});

	test(`TLS ${version}: a body of many records arrives whole, whatever the size of the buffer`, async () => {
		const length = big.length + "HTTP/1.0 200 ok\r\nContent-type: text/plain\r\n\r\n".length;
		const sums = new Set<unknown>();
		for (const bufferBytes of [64, 1024, 20000]) {
			const data = eventOf(
				await talk(["-WWW"], { ...only(version), send: "GET /big.bin HTTP/1.0\r\n\r\n", bufferBytes }),
				"data",
			);
			assert.equal(data.received, length);
			sums.add(data.sum);
		}
		assert.equal(sums.size, 1);
	});

	test(`TLS ${version}: bytes may come one at a time`, async () => {
		const events = await talk(["-www"], only(version), { piece: 1 });
		assert.equal(eventOf(events, "error").code, "TLS_CLOSED");
	});

	test(`TLS ${version}: a connection cut anywhere is no orderly end`, async () => {
		for (const cutAfter of [0, 3, 100, 700, 1500, 3000]) {
			const error = eventOf(await talk(["-www"], only(version), { cutAfter }), "error");
			assert.equal(error.code, "TLS_TRUNCATED", `after ${cutAfter}`);
		}
	});

	test(`TLS ${version}: a changed byte is noticed, wherever it stands`, async () => {
		for (const change of [0, 5, 9, 60, 130, 300, 600, 1200, 2500]) {
			const error = eventOf(await talk(["-www"], only(version), { change }), "error");
			assert.notEqual(error.code, "TLS_CLOSED", `byte ${change}: ${JSON.stringify(error)}`);
		}
	});

	test(`TLS ${version}: ALPN is agreed, or the server refuses`, async () => {
		const protocols = ["http/1.1"];
		const agreed = await talk(["-www", "-alpn", "h2,http/1.1"], { ...only(version), protocols });
		assert.equal(eventOf(agreed, "secure").protocol, "http/1.1");
		assert.equal(eventOf(agreed, "secure").verified, true);
		const silent = await talk(["-www"], { ...only(version), protocols });
		assert.equal(eventOf(silent, "secure").protocol, undefined);
		const refused = eventOf(await talk(["-www", "-alpn", "h2"], { ...only(version), protocols }), "error");
		assert.equal(refused.alert, 120);
	});

	test(`TLS ${version}: the host name is sent, an address is not`, async () => {
		const strict = [
			"-www",
			"-servername",
			"other.test",
			"-servername_fatal",
			"-cert2",
			own.certificateFile,
			"-key2",
			own.keyFile,
		];
		assert.equal(eventOf(await talk(strict, only(version)), "error").alert, 112);
		assert.equal(eventOf(await talk(strict, { ...only(version), host: "127.0.0.1" }), "error").code, "TLS_CLOSED");
	});
}

test("versions that do not meet are told", async () => {
	const newer = eventOf(await talk(["-www", "-tls1_2"], only("1.3")), "error");
	assert.equal(newer.code, "TLS_REFUSED");
	assert.equal(newer.alert, 70);
	const older = eventOf(await talk(["-www", "-tls1_3"], only("1.2")), "error");
	assert.equal(older.code, "TLS_REFUSED");
});

test("small records are asked for, and used", async () => {
	const spec = { maximum: "1.2", fragmentBytes: 512, send: "GET /big.bin HTTP/1.0\r\n\r\n" };
	const data = eventOf(await talk(["-WWW"], spec), "data");
	assert.equal(data.received, big.length + 45);
	const refused = await runClient({ port: 1, fragmentBytes: 512 });
	assert.equal(eventOf(refused, "error").code, "TLS_OPTION");
});

async function plainServer(answer: string): Promise<{ port: number; close: () => void }> {
	const server = createServer((socket) => {
		socket.on("error", () => undefined);
		if (answer !== "") socket.write(answer);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

test("a server that does not speak TLS, and one that says nothing", async () => {
	const plain = await plainServer("HTTP/1.0 400 Bad Request\r\n\r\n");
	const silent = await plainServer("");
	const common = { host: "server.test", roots: [root.certificate] };
	assert.equal(eventOf(await runClient({ ...common, port: plain.port }), "error").code, "TLS_RECORD");
	const late = eventOf(await runClient({ ...common, port: silent.port, handshakeMs: 200 }), "error");
	assert.equal(late.code, "TLS_TIMEOUT");
	plain.close();
	silent.close();
	assert.equal(eventOf(await runClient({ ...common, port: plain.port }), "error").code, "TLS_CONNECTION");
});

test("roots, certificates and keys that do not fit are refused before any connection", async () => {
	const code = async (spec: Partial<ClientSpec>): Promise<unknown> =>
		eventOf(await runClient({ port: 1, host: "server.test", roots: [root.certificate], ...spec }), "error").code;
	assert.equal(await code({ roots: ["rubbish"] }), "TLS_CERTIFICATE");
	assert.equal(await code({ certificate: device.certificate, key: own.key }), "TLS_KEY_MISMATCH");
	assert.equal(await code({ certificate: device.certificate, key: "rubbish" }), "TLS_KEY");
	assert.equal(await code({ certificate: "rubbish", key: own.key }), "TLS_CERTIFICATE");
	assert.equal(await code({ certificate: device.certificate }), "TLS_OPTION");
	assert.equal(await code({ host: undefined }), "TLS_OPTION");
	assert.equal(await code({ minimum: "1.3", maximum: "1.2" }), "TLS_OPTION");
});

test("the heap is given back after each connection", async () => {
	const events = await talk(["-www"], { times: 30, memory: true });
	const at = (place: string): number[] =>
		events.filter((event) => event.event === "memory" && event.at === place).map((event) => event.native as number);
	const [first, ...rest] = at("secure").slice(5);
	assert.equal(rest.length, 24);
	assert.ok(Math.max(...rest) - first < 512, `${first} to ${Math.max(...rest)}`);
});
