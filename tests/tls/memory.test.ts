// SPDX-License-Identifier: Apache-2.0
//
// What TLS takes of the heap: bounds of a handshake, all given back, small record buffers and what becomes of servers that do not
// keep to them.
// node-only: servers, sockets and processes

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import test, { after } from "node:test";
import { type ClientSpec, eventOf, OpenSSLServer, type ProgramEvent, runClient } from "./bench.js";
import { ca, CertificateMaker, type Issued, leaf } from "./certificates.js";

const folder = mkdtempSync(join(tmpdir(), "upgate-tls-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const maker = new CertificateMaker(folder);
const root = maker.issue({ name: "root", extensions: ca });
const own = maker.issue({ name: "server", by: root, extensions: leaf("DNS:server.test,IP:127.0.0.1") });
const names = Array.from({ length: 150 }, (_, i) => `DNS:name-${i}.of-a-long-list.server.test`).join();
const huge = maker.issue({ name: "huge", by: root, extensions: leaf(`IP:127.0.0.1,${names}`) });
const rsaRoot = maker.issue({ name: "rsa-root", key: "rsa2048", extensions: ca });
const rsaMiddle = maker.issue({ name: "rsa-middle", key: "rsa2048", by: rsaRoot, extensions: ca });
const rsaOwn = maker.issue({ name: "rsa-server", key: "rsa2048", by: rsaMiddle, extensions: leaf("DNS:server.test") });
const rsaDevice = maker.issue({
	name: "rsa-device",
	key: "rsa2048",
	by: rsaMiddle,
	extensions: leaf("", "clientAuth"),
});
const bigBytes = 1_000_000;
writeFileSync(join(folder, "big.bin"), Buffer.alloc(bigBytes, "0123456789"));

const kilobyte = 1024;
/** KB of a handshake at most; the second of each is for pointers of 8 bytes, the usual build. */
const bounds = { plain: [28, 32], rsa: [40, 48], small: [14, 18], smallRSA: [26, 32] };
/** Another library, for which see tools/build/README.md, has other figures. */
const skip =
	process.env.UPGATE_MBEDTLS === undefined ? false : "bounds and small records are those of our own build of Mbed TLS";
const bits = process.env.UPGATE_M32 === "1" ? 0 : 1;
/** What the library keeps for its generator of random numbers once it has been used; pointers of 8 bytes included. */
const restBytes = 512;

async function talk(issued: Issued, args: string[], spec: Partial<ClientSpec>): Promise<ProgramEvent[]> {
	const server = await OpenSSLServer.start(issued, args, folder);
	try {
		const common = { host: "server.test", roots: [root.certificate], memory: true };
		return await runClient({ ...common, send: "GET / HTTP/1.0\r\n\r\n", ...spec, port: server.port });
	} finally {
		await server.close();
	}
}

const figures = (events: ProgramEvent[], kind: "tls" | "peak" | "native", at?: string): number[] =>
	events
		.filter((event) => event.event === "memory" && (at === undefined || event.at === at))
		.map((event) => event[kind] as number);

const peak = (events: ProgramEvent[]): number => Math.max(...figures(events, "peak"));

function assertPeak(events: ProgramEvent[], which: keyof typeof bounds): void {
	assert.ok(peak(events) <= bounds[which][bits] * kilobyte, `${which}: ${peak(events)}`);
}

const rsaArgs = [
	...["-www", "-cert_chain", rsaMiddle.certificateFile, "-CAfile", rsaRoot.certificateFile],
	...["-Verify", "2", "-verify_return_error"],
];
const rsaSpec: Partial<ClientSpec> = {
	roots: [rsaRoot.certificate],
	certificate: rsaDevice.certificate + rsaMiddle.certificate,
	key: rsaDevice.key,
};

for (const version of ["1.2", "1.3"]) {
	const only = { minimum: version, maximum: version };

	test(`TLS ${version}: a handshake keeps within its bounds, with full and with small records`, { skip }, async () => {
		const plain = await talk(own, ["-www"], { ...only, texts: 1 });
		assert.equal(eventOf(plain, "error").code, "TLS_CLOSED");
		assertPeak(plain, "plain");
		const small = await talk(own, ["-www"], { ...only, records: "small" });
		assert.equal(eventOf(small, "secure").version, `TLSv${version}`);
		assertPeak(small, "small");
		const rsa = await talk(rsaOwn, rsaArgs, { ...only, ...rsaSpec });
		assert.equal(eventOf(rsa, "error").code, "TLS_CLOSED");
		assertPeak(rsa, "rsa");
		const both = await talk(rsaOwn, rsaArgs, { ...only, ...rsaSpec, records: "small" });
		assertPeak(both, "smallRSA");
	});
}

test("all is given back after each connection, and with the context", { skip }, async () => {
	const events = await talk(own, ["-www"], { times: 30 });
	const [first, ...rest] = figures(events, "native", "secure").slice(5);
	assert.equal(rest.length, 24);
	assert.ok(Math.max(...rest) - first < 512, `${first} to ${Math.max(...rest)}`);
	assert.equal(figures(events, "tls", "start")[0], 0);
	assert.ok(figures(events, "tls", "over")[0] < restBytes, JSON.stringify(figures(events, "tls")));
});

/** Keeps connections. @returns the program's events, and which requests came over a session that was taken up again */
async function ask(
	spec: Partial<ClientSpec>,
	bytes: number,
	version?: "TLSv1.3",
): Promise<[ProgramEvent[], boolean[]]> {
	const reused: boolean[] = [];
	const body = Buffer.alloc(bytes, "x");
	const options = { cert: own.certificate, key: own.key, ...(version ? { minVersion: version } : {}) };
	const server = createServer(options, (request, response) => {
		reused.push((request.socket as TLSSocket).isSessionReused());
		response.writeHead(200, { "Content-Length": body.length }).end(body);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	try {
		const { port } = server.address() as AddressInfo;
		const common = { http: true, host: "127.0.0.1", roots: [root.certificate] };
		return [await runClient({ ...common, ...spec, port }), reused];
	} finally {
		server.close();
	}
}

test("a kept connection gives all back when it is idle, and its session is taken up again", { skip }, async () => {
	const [events, reused] = await ask({ times: 3 }, 100);
	assert.deepEqual(reused, [false, true, true]);
	const kept = figures(events, "tls", "kept");
	assert.equal(kept.length, 3);
	assert.ok(Math.min(...kept) > 16 * kilobyte, `${kept}`);
	assert.equal(figures(events, "tls", "start")[0], 0);
	const idle = figures(events, "tls", "idle");
	assert.equal(idle.length, 3);
	assert.ok(Math.max(...idle) < restBytes, `${idle}`);
	const native = figures(events, "native", "idle");
	assert.ok(native[2] <= native[0] + 64, `${native}`);
});

test("small records: a server that agrees sends any length", { skip }, async () => {
	const spec = { records: "small", maximum: "1.2", send: "GET /big.bin HTTP/1.0\r\n\r\n" } as const;
	const events = await talk(own, ["-WWW"], spec);
	assert.ok((eventOf(events, "data").received as number) > bigBytes);
	assert.equal(eventOf(events, "error").code, "TLS_CLOSED");
	assertPeak(events, "small");
});

test("small records: a longer record, and a longer message, fail with a code of their own", { skip }, async () => {
	const longRecord = { records: "small", send: "GET /big.bin HTTP/1.0\r\n\r\n" } as const;
	const record = await talk(own, ["-WWW", "-tls1_3"], longRecord);
	assert.equal(eventOf(record, "error").code, "TLS_RECORD_SIZE");
	for (const maximum of ["1.2", "1.3"]) {
		const message = await talk(huge, ["-www"], { records: "small", maximum, host: "127.0.0.1" });
		assert.equal(eventOf(message, "error").code, "TLS_RECORD_SIZE", maximum);
		const full = await talk(huge, ["-www"], { maximum, host: "127.0.0.1" });
		assert.equal(eventOf(full, "error").code, "TLS_CLOSED", maximum);
	}
});

test("the connector asks for small records, and takes full ones for a server that has none", { skip }, async () => {
	const [small] = await ask({ records: "small", times: 2 }, 100_000);
	const received = small.filter((event) => event.event === "data").map((event) => event.received);
	assert.deepEqual(received, [100_000, 100_000]);
	assert.equal(eventOf(small, "secure").version, "TLSv1.2");
	assertPeak(small, "small");
	const [newer] = await ask({ records: "small", times: 2 }, 100_000, "TLSv1.3");
	const answers = newer.filter((event) => event.event === "data");
	assert.deepEqual(
		answers.map((event) => event.received),
		[0, 100_000],
	);
	assert.equal(eventOf(newer, "secure").version, "TLSv1.3");
});
