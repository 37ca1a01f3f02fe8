// SPDX-License-Identifier: Apache-2.0
//
// The server on a virtual clock: what is kept, what is evicted, which waits end, and that a slow reader slows the handler down.

import test from "node:test";
import assert from "node:assert/strict";
import { encodeLatin1 } from "../../modules/bytes/text.js";
import type { HTTPServerOptions } from "../../modules/http-server/options.js";
import { HTTPServer } from "../../modules/http-server/server.js";
import { FakeClock } from "../fakes/clock.js";
import { type FakeClient, FakeDoor } from "../fakes/listener.js";

const get = "GET /a HTTP/1.1\r\nHost: gateway\r\n\r\n";

interface Bench {
	clock: FakeClock;
	door: FakeDoor;
	server: HTTPServer;
}

type Handler = HTTPServerOptions["handler"];

function bench(handler: Handler, options: Partial<HTTPServerOptions> = {}): Bench {
	const clock = new FakeClock();
	const door = new FakeDoor(clock);
	const endpoints = [{ port: 80, acceptor: door, secure: false }];
	const server = new HTTPServer({
		Listener: door.Listener,
		timer: clock.timer,
		ticks: clock.ticks,
		endpoints,
		handler,
		...options,
	});
	return { clock, door, server };
}

const hello: Handler = async (exchange) =>
	exchange.respond(200, [["X-Path", exchange.head.path]], encodeLatin1("hello"));

async function ask({ clock, door }: Bench, text: string): Promise<FakeClient> {
	const client = door.connect();
	client.send(text);
	await clock.advanceAsync(50);
	return client;
}

test("a request is answered and the connection kept for the next", async () => {
	const world = bench(hello);
	const client = await ask(world, get);
	const answer = "HTTP/1.1 200 OK\r\nX-Path: /a\r\nContent-Length: 5\r\n\r\nhello";
	assert.equal(client.received, answer);
	client.send(get.replace("/a", "/b"));
	await world.clock.advanceAsync(50);
	assert.equal(client.received, answer + answer.replace("/a", "/b"));
	assert.equal(client.closed, false);
});

test("requests sent at once are answered in order", async () => {
	const client = await ask(bench(hello), get + get.replace("/a", "/b") + get.replace("/a", "/c"));
	assert.deepEqual(
		[...client.received.matchAll(/X-Path: (\S+)/g)].map((match) => match[1]),
		["/a", "/b", "/c"],
	);
});

test("HEAD gets the head alone", async () => {
	const client = await ask(bench(hello), get.replace("GET", "HEAD"));
	assert.match(client.received, /Content-Length: 5\r\n\r\n$/);
});

test("a body without a length goes in chunks, or to the end of an HTTP/1.0 connection", async () => {
	const pieces: Handler = async (exchange) => {
		await exchange.begin(200, []);
		await exchange.write(encodeLatin1("first "));
		await exchange.write(encodeLatin1("second"));
		await exchange.end();
	};
	const client = await ask(bench(pieces), get);
	assert.match(client.received, /\r\n\r\n6\r\nfirst \r\n6\r\nsecond\r\n0\r\n\r\n$/);
	const world = bench(pieces);
	const old = await ask(world, get.replace("1.1", "1.0"));
	assert.match(old.received, /Connection: close\r\n\r\nfirst second$/);
	await world.clock.advanceAsync(2000);
	assert.ok(old.closed);
});

test("a request that the parser refuses gets its status and code, and the connection ends", async () => {
	for (const [text, status, code] of [
		["GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "HTTP_FRAMING"],
		["BREW / HTTP/1.1\r\n", 501, "HTTP_METHOD"],
		["GET / HTTP/3.0\r\n", 505, "HTTP_VERSION"],
		["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", 413, "HTTP_BODY_LIMIT"],
		[`GET / HTTP/1.1\r\nX: ${"y".repeat(2000)}\r\n`, 431, "HTTP_HEADER_LIMIT"],
	] as [string, number, string][]) {
		const world = bench(hello);
		const client = await ask(world, text);
		assert.ok(client.received.startsWith(`HTTP/1.1 ${status} `), client.received);
		assert.ok(client.received.endsWith(`\r\n\r\n${code}\n`), client.received);
		client.send(get);
		await world.clock.advanceAsync(2000);
		assert.ok(client.closed);
		assert.equal(client.received.split("HTTP/1.1").length, 2, "nothing behind it was answered");
	}
});

test("a head that does not end in time is 408, a connection without one just ends", async () => {
	const world = bench(hello);
	const slow = world.door.connect();
	const silent = world.door.connect();
	slow.send("GET / HT");
	await world.clock.advanceAsync(9_000);
	assert.equal(silent.closed, false);
	await world.clock.advanceAsync(3_000);
	assert.ok(silent.closed);
	assert.equal(silent.received, "");
	assert.ok(slow.received.startsWith("HTTP/1.1 408 "));
	assert.equal(world.server.open, 0);
});

test("a head sent a byte a second does not last longer than its deadline", async () => {
	const world = bench(hello);
	const client = await ask(world, "G");
	client.peer!.sendSlowly(`ET /${"a".repeat(100)}`, 1, 1000);
	await world.clock.advanceAsync(12_000);
	assert.ok(client.closed);
});

test("a kept connection without a request ends", async () => {
	const world = bench(hello);
	const client = await ask(world, get);
	await world.clock.advanceAsync(14_000);
	assert.equal(client.closed, false);
	await world.clock.advanceAsync(2_000);
	assert.ok(client.closed);
	assert.equal(world.clock.pending, 0);
});

const readAll: Handler = async (exchange) => {
	const buffer = new Uint8Array(7);
	let text = "";
	for (let count = await exchange.read(buffer); count > 0; count = await exchange.read(buffer))
		text += String.fromCharCode(...buffer.subarray(0, count));
	await exchange.respond(200, [], encodeLatin1(`${exchange.length ?? "chunked"}:${text}`));
};

test("bodies are read by length and in chunks, in whatever pieces they come", async () => {
	const world = bench(readAll);
	const client = world.door.connect();
	client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 26\r\n\r\nabcdefghijklm");
	await world.clock.advanceAsync(20);
	client.send("nopqrstuvwxyz");
	await world.clock.advanceAsync(20);
	assert.ok(client.received.endsWith("\r\n\r\n26:abcdefghijklmnopqrstuvwxyz"), client.received);
	client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r");
	await world.clock.advanceAsync(20);
	client.send("\n9\r\n123456789\r\n0\r\n\r\n");
	await world.clock.advanceAsync(20);
	assert.ok(client.received.endsWith("\r\n\r\nchunked:abc123456789"), client.received);
});

test("a client that waits for 100 Continue gets it when the handler reads", async () => {
	const world = bench(readAll);
	const client = await ask(world, "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
	assert.equal(client.received, "HTTP/1.1 100 Continue\r\n\r\n");
	client.send("hi");
	await world.clock.advanceAsync(20);
	assert.ok(client.received.endsWith("2:hi"));
});

test("a body that stops, or drips, ends the connection and the handler's read", async () => {
	const codes: string[] = [];
	const world = bench(async (exchange) => {
		try {
			await readAll(exchange);
		} catch (error) {
			codes.push((error as { code: string }).code);
			throw error;
		}
	});
	const head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n";
	const stopped = await ask(world, `${head}abc`);
	const dripping = await ask(world, head);
	dripping.peer!.sendSlowly("x".repeat(999), 1, 1000);
	await world.clock.advanceAsync(60_000);
	assert.ok(stopped.closed && dripping.closed);
	assert.deepEqual(codes, ["HTTP_TIMEOUT_IDLE", "HTTP_TOO_SLOW"]);
});

test("the handler waits while the client does not take the answer, and ends when it never does", async () => {
	let written = 0;
	const world = bench(async (exchange) => {
		await exchange.begin(200, [], 10_000);
		for (; written < 10_000; written += 100) await exchange.write(new Uint8Array(100));
		await exchange.end();
	});
	world.door.network.sendBuffer = 256;
	const client = await ask(world, get);
	assert.ok(client.received.length > 10_000);
	written = 0;
	const stuck = world.door.connect();
	// The fake's socket takes no more than its window until the far end is served.
	world.door.network.sendBuffer = 0;
	stuck.send(get);
	await world.clock.advanceAsync(10_000);
	assert.equal(written, 0);
	await world.clock.advanceAsync(30_000);
	assert.ok(stuck.closed);
	assert.equal(stuck.received, "");
});

test("what a handler throws is 500 and not told", async () => {
	const client = await ask(
		bench(() => Promise.reject(new Error("secret detail"))),
		get,
	);
	assert.ok(client.received.startsWith("HTTP/1.1 500 "));
	assert.ok(!client.received.includes("secret"));
});

test("a rest of a body that nobody read is passed over when it is short, else the connection ends", async () => {
	const world = bench(hello);
	const short = await ask(world, `POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nxyz${get}`);
	assert.equal(short.received.split("hello").length, 3);
	const long = await ask(world, `POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 9000\r\n\r\n${"x".repeat(9000)}${get}`);
	await world.clock.advanceAsync(2_000);
	assert.equal(long.received.split("hello").length, 2);
	assert.ok(long.closed);
});

test("a client that goes is told to the handler once", async () => {
	let gone = 0;
	const world = bench(async (exchange) => {
		exchange.onGone = () => gone++;
		await exchange.begin(200, []);
		await new Promise<void>((resolve) => world.clock.timer.set(() => resolve(), 5000));
		assert.equal(exchange.open, false);
		await assert.rejects(async () => exchange.write(new Uint8Array(1)), { code: "HTTP_CLOSED" });
	});
	const client = await ask(world, get);
	client.close();
	await world.clock.advanceAsync(10_000);
	assert.equal(gone, 1);
	assert.equal(world.server.open, 0);
});

test("the oldest idle connection makes room; without one, a late head does; else the next one waits outside", async () => {
	const world = bench(hello, { connections: () => 2 });
	const first = await ask(world, get);
	const second = await ask(world, get);
	const third = await ask(world, get);
	assert.match(third.received, /hello$/);
	assert.deepEqual([first.closed, second.closed], [true, false]);
	const silent = [world.door.connect(), world.door.connect()];
	await world.clock.advanceAsync(500);
	assert.deepEqual([second.closed, third.closed], [true, true]);
	const guest = await ask(world, get);
	assert.equal(guest.peer, undefined);
	assert.equal(world.door.waiting, 1);
	await world.clock.advanceAsync(1_000);
	assert.ok(guest.received.endsWith("hello"));
	assert.deepEqual([silent[0]!.closed, silent[1]!.closed], [true, false]);
});

test("two hundred silent clients do not keep one out for long", async () => {
	const world = bench(hello, { connections: () => 4 });
	for (let i = 0; i < 200; i++) world.door.connect();
	const guest = world.door.connect();
	guest.send(get);
	await world.clock.advanceAsync(70_000);
	assert.ok(guest.received.endsWith("hello"));
	assert.ok(world.server.open <= 4);
});

test("when fewer connections are possible, idle ones end at once, and one that is served after its answer", async () => {
	let most = 2;
	const world = bench(hello, { connections: () => most });
	const first = await ask(world, get);
	const second = await ask(world, get);
	most = 1;
	world.server.trim();
	await world.clock.advanceAsync(10);
	assert.deepEqual([first.closed, second.closed], [true, false]);
	most = 0;
	second.send(get);
	await world.clock.advanceAsync(50);
	assert.equal(second.received.split("hello").length, 3);
	assert.ok(second.closed);
});

test("close() closes all, and may be called twice", async () => {
	const world = bench(hello);
	const client = await ask(world, get);
	world.server.close();
	world.server.close();
	await world.clock.advanceAsync(10);
	assert.ok(client.closed && world.door.closed);
	assert.equal(world.clock.pending, 0);
});
