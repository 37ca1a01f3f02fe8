// SPDX-License-Identifier: Apache-2.0
//
// Which connection a request gets: kept, shared, replaced, tried again, given up.

import test from "node:test";
import assert from "node:assert/strict";
import { address, Bench, letters, plain } from "./bench.js";

test("one connection serves several requests in turn, 304 among them", () => {
	const bench = new Bench();
	bench.serve((peer, _, count) => peer.send(count === 1 ? "HTTP/1.1 304 Not Modified\r\n\r\n" : plain(`n${count}`)));
	const recorders = [bench.get("http://h/0"), bench.get("http://h:80/1"), bench.get("http://H/2")];
	bench.clock.advance(1000);
	assert.deepEqual(
		recorders.map((item) => item.body),
		["n0", "", "n2"],
	);
	assert.deepEqual(recorders[1]!.events, ["headers 304", "done"]);
	assert.equal(bench.network.peers.length, 1);
	assert.equal(bench.network.open, 1);
	bench.clock.advance(4000);
	assert.equal(bench.network.open, 0);
	assert.equal(bench.clock.pending, 0);
});

test("a request made in onDone uses the kept connection", () => {
	const bench = new Bench();
	bench.serve((peer, _, count) => peer.send(plain(`n${count}`)));
	let second: ReturnType<Bench["get"]> | undefined;
	bench.get("http://h/", {
		onDone: () => {
			second = bench.get("http://h/");
		},
	});
	bench.clock.advance(1000);
	assert.equal(second?.body, "n1");
	assert.equal(bench.network.peers.length, 1);
});

test("no connection is kept after Connection: close, HTTP/1.0, a body without a length, or stray bytes", () => {
	const responses = [
		plain("a", "Connection: close\r\n"),
		"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na",
		`${plain("a")}stray`,
		`${plain(letters(2000))}stray`,
		"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
	];
	for (const response of responses) {
		const bench = new Bench();
		bench.serve((peer) => peer.send(response));
		const recorder = bench.get("http://h/");
		bench.clock.advance(100);
		assert.equal(recorder.result, "done", response);
		assert.equal(bench.network.open, 0, response);
	}
});

test("bytes on an idle connection close it and are never a response", () => {
	const bench = new Bench();
	bench.serve((peer, _, count) => {
		peer.send(plain(`n${count}`));
		bench.clock.timer.set(() => peer.clientClosed || peer.send(plain("forged")), 100);
	});
	bench.get("http://h/");
	bench.clock.advance(1000);
	assert.equal(bench.network.open, 0);
	const second = bench.get("http://h/");
	bench.clock.advance(50);
	assert.equal(second.body, "n1");
});

test("a kept connection that the server has closed is replaced without a word", () => {
	const bench = new Bench();
	bench.serve((peer, _, count) => {
		peer.send(plain(`n${count}`));
		bench.clock.timer.set(() => peer.close(), 100);
	});
	bench.get("http://h/");
	bench.clock.advance(1000);
	const second = bench.get("http://h/");
	bench.clock.advance(50);
	assert.equal(second.body, "n1");
	assert.equal(bench.network.peers.length, 2);
});

test("a request made at any moment of the server's closing is answered", () => {
	for (let ms = 95; ms < 120; ms++) {
		const bench = new Bench();
		bench.serve((peer, _, count) => {
			peer.send(plain(`n${count}`));
			if (count === 0) bench.clock.timer.set(() => peer.close(), 100);
		});
		bench.get("http://h/");
		bench.clock.advance(ms);
		const second = bench.get("http://h/");
		bench.clock.advance(100);
		assert.equal(second.result, "done", `after ${ms} ms`);
	}
});

test("a request lost on a kept connection is sent once more on a new one, and only once", () => {
	const bench = new Bench();
	// Every connection answers once; what comes second is lost.
	const served: boolean[] = [];
	bench.serve((peer, _, count) => {
		if (served[peer.index]) return peer.close();
		served[peer.index] = true;
		peer.send(plain(`n${count}`));
	});
	const recorders = [bench.get("http://h/"), bench.get("http://h/")];
	bench.clock.advance(1000);
	assert.deepEqual(
		recorders.map((item) => item.body),
		["n0", "n2"],
	);
	assert.equal(bench.network.peers.length, 2);
	bench.serve((peer) => peer.close());
	const third = bench.get("http://h/");
	bench.clock.advance(1000);
	assert.equal(third.result, "HTTP_CLOSED");
	// Once on the kept connection, once on a new one.
	assert.equal(bench.network.peers.length, 3);
});

test("a request is not sent again once a byte of the response has come", () => {
	const bench = new Bench();
	bench.serve((peer, _, count) => {
		peer.send(count === 0 ? plain("n0") : "H");
		if (count > 0) peer.close();
	});
	const recorders = [bench.get("http://h/"), bench.get("http://h/")];
	bench.clock.advance(1000);
	assert.deepEqual(
		recorders.map((item) => item.result),
		["done", "HTTP_TRUNCATED"],
	);
	assert.equal(bench.network.peers.length, 1);
});

test("two origins have a connection each; a third waits, then takes the place of an idle one", () => {
	const bench = new Bench();
	for (const at of [address, "10.0.0.2", "10.0.0.3"])
		bench.serve((peer) => bench.clock.timer.set(() => peer.send(plain(at)), 100), at);
	const recorders = ["h", "other", "third"].map((host) => bench.get(`http://${host}/`));
	bench.clock.advance(50);
	assert.equal(bench.network.open, 2);
	bench.clock.advance(500);
	assert.deepEqual(
		recorders.map((item) => item.body),
		[address, "10.0.0.2", "10.0.0.3"],
	);
	assert.equal(bench.network.open, 2);
});

test("a cancelled request in the queue is never sent, one behind it is", () => {
	const bench = new Bench();
	const paths: string[] = [];
	bench.serve((peer, request) => {
		paths.push(request.split(" ")[1]!);
		peer.send(plain("x"));
	});
	bench.get("http://h/a");
	bench.get("http://h/b").request.cancel();
	bench.get("http://h/c");
	bench.clock.advance(1000);
	assert.deepEqual(paths, ["/a", "/c"]);
});

test("a body that nobody wants is dropped: a short one keeps the connection, a long one does not", () => {
	for (const [size, open] of [
		[1000, 1],
		[100_000, 0],
	] as const) {
		const bench = new Bench();
		bench.serve((peer) => peer.send(plain(letters(size))));
		const recorder = bench.get("http://h/", { onReadable: undefined });
		const other = bench.get("http://h/", { onHeaders: () => other.request.discard() });
		bench.clock.advance(1000);
		assert.deepEqual(recorder.events, ["headers 200", "done"]);
		assert.equal(other.result, "done");
		assert.equal(other.body, "");
		assert.equal(bench.network.open, open);
	}
});

test("close() of the client ends everything without a word", () => {
	const bench = new Bench();
	bench.serve((peer) => peer.sendSlowly(plain(letters(1000)), 10, 10));
	const recorders = [bench.get("http://h/"), bench.get("http://h/"), bench.get("http://mute/")];
	bench.clock.advance(100);
	bench.client.close();
	bench.client.close();
	bench.clock.advance(100_000);
	assert.deepEqual(
		recorders.map((item) => item.result),
		[undefined, undefined, undefined],
	);
	assert.equal(bench.network.open, 0);
	assert.equal(bench.clock.pending, 0);
	assert.throws(() => bench.client.get({ url: "http://h/" }), { code: "HTTP_CLIENT_CLOSED" });
});
