// SPDX-License-Identifier: Apache-2.0
//
// The client against Node's own HTTP server over loopback: kept connections, chunks, 304, a large body, back-pressure.
// node-only: needs node:net and node:http

import test, { after, before } from "node:test";
import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { HTTPClient, type HTTPError } from "../../modules/http/client.js";
import { formatHTTPDate } from "../../modules/http/dates.js";
import { highest, nodeTimer, NodeTCP } from "./node-tcp.js";

const megabyte = Buffer.alloc(1 << 20, "0123456789abcdefghijklmnopqrstuvwxyz\n");
const changed = formatHTTPDate(Date.UTC(2024, 0, 1));
let connections = 0;

function respond(request: IncomingMessage, response: ServerResponse): void {
	if (request.url === "/big") {
		response.setHeader("Content-Length", megabyte.length);
		response.end(megabyte);
	} else if (request.url === "/chunked") {
		for (let at = 0; at < megabyte.length; at += 9999) response.write(megabyte.subarray(at, at + 9999));
		response.addTrailers({ "X-Sum": "1" });
		response.end();
	} else if (request.url === "/close") {
		response.setHeader("Connection", "close");
		for (const name of ["Transfer-Encoding", "Content-Length"]) response.removeHeader(name);
		response.end(megabyte);
	} else if (request.headers["if-modified-since"] === changed) {
		response.writeHead(304, { "Last-Modified": changed }).end();
	} else {
		response.writeEarlyHints({ link: "</x>; rel=preload" });
		response.setHeader("Last-Modified", changed);
		response.end("small");
	}
}

const server = createServer(respond);
server.on("connection", () => connections++);
let client: HTTPClient;
let base = "";

before(async () => {
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const resolver = { resolve: () => assert.fail("no names here"), close: () => undefined };
	client = new HTTPClient({ io: NodeTCP, resolver, timer: nodeTimer, ticks: () => performance.now() });
});

after(() => {
	client.close();
	server.closeAllConnections();
	server.close();
});

interface Fetched {
	status: number;
	body: Buffer;
	names: string[];
}

function fetchAll(
	path: string,
	headers: Array<[string, string]> = [],
	bufferBytes = 4096,
	pauseMs = 0,
): Promise<Fetched> {
	return new Promise((resolve, reject) => {
		const pieces: Buffer[] = [];
		let status = 0;
		let names: string[] = [];
		const buffer = new Uint8Array(bufferBytes);
		const drain = (): void => {
			for (let count = request.read(buffer); count > 0; count = request.read(buffer)) {
				pieces.push(Buffer.from(buffer.slice(0, count)));
				if (pauseMs > 0) return void setTimeout(drain, pauseMs);
			}
		};
		let paused = false;
		const request = client.get({
			url: base + path,
			headers,
			totalMs: 20_000,
			onHeaders: (value, fields) => {
				status = value;
				names = fields.entries().map(([name]) => name.toLowerCase());
			},
			onReadable: () => {
				if (pauseMs === 0) return drain();
				if (!paused) drain();
				paused = true;
			},
			onDone: (error?: HTTPError) => (error ? reject(error) : resolve({ status, names, body: Buffer.concat(pieces) })),
		});
	});
}

test("requests one after the other share a connection: plain, 304, chunked", async () => {
	const start = connections;
	assert.equal((await fetchAll("/")).body.toString(), "small");
	const unchanged = await fetchAll("/", [["If-Modified-Since", changed]]);
	assert.deepEqual([unchanged.status, unchanged.body.length], [304, 0]);
	for (const size of [1000, 4096, 16384]) assert.ok((await fetchAll("/chunked", [], size)).body.equals(megabyte));
	for (const size of [1000, 4096, 16384]) assert.ok((await fetchAll("/big", [], size)).body.equals(megabyte));
	assert.equal(connections - start, 1);
});

test("a body that ends with the connection arrives whole, and the next request gets a new connection", async () => {
	const start = connections;
	const { body, names } = await fetchAll("/close");
	assert.ok(body.equals(megabyte));
	assert.ok(!names.includes("content-length") && !names.includes("transfer-encoding"), names.join());
	assert.equal((await fetchAll("/")).body.toString(), "small");
	assert.equal(connections - start, 1);
});

test("requests made at once all get their own body", async () => {
	const all = await Promise.all(["/", "/big", "/", "/chunked", "/"].map((path) => fetchAll(path)));
	assert.deepEqual(
		all.map((item) => item.body.length),
		[5, megabyte.length, 5, megabyte.length, 5],
	);
});

test("a slow reader keeps the data with the server", async () => {
	highest.unread = 0;
	assert.ok((await fetchAll("/big", [], 16384, 2)).body.equals(megabyte));
	assert.ok(highest.unread < 300_000, `${highest.unread} bytes unread`);
});

test("a request is sent again when the server has dropped the kept connection", async () => {
	await fetchAll("/");
	server.closeAllConnections();
	assert.equal((await fetchAll("/")).body.toString(), "small");
});
