// SPDX-License-Identifier: Apache-2.0
//
// The client over scripted sockets: what arrives, back-pressure, cancelling, what is refused.

import test from "node:test";
import assert from "node:assert/strict";
import type { TCPOptions } from "../../modules/ecma419/tcp.js";
import { address, Bench, chunked, letters, plain } from "./bench.js";

test("a body with a length arrives whole, then onDone, once", () => {
	const bench = new Bench();
	let asked = "";
	bench.serve((peer, request) => {
		asked = request;
		peer.send(plain(letters(10000), 'ETag: "a"\r\n'));
	});
	const recorder = bench.get("http://u:p@h/x?y", { headers: [["User-Agent", "test"]] });
	bench.clock.advance(1000);
	assert.deepEqual(recorder.events, ["headers 200", "readable", "done"]);
	assert.equal(recorder.body, letters(10000));
	assert.match(asked, /^GET \/x\?y HTTP\/1\.1\r\nHost: h\r\nConnection: keep-alive\r\n/);
	assert.match(asked, /\r\nUser-Agent: test\r\n\r\n$/);
	assert.ok(!asked.includes("u:p"));
});

test("bodies arrive whole in pieces of any size, read in buffers of any size", () => {
	const body = letters(700);
	const responses = [plain(body), chunked(body, 50), chunked(body, 1000), `HTTP/1.1 200 OK\r\n\r\n${body}`];
	for (const response of responses) {
		for (const size of [1, 2, 3, 64, 511, 512, 513]) {
			for (const bufferBytes of [1, 7, 64, 4096]) {
				const bench = new Bench();
				const ends = response === responses[3];
				bench.serve((peer) => peer.sendSlowly(response, size, 2, () => ends && peer.close()));
				const recorder = bench.get("http://h/", { bufferBytes });
				bench.clock.advance(10_000);
				const what = `${response.slice(17, 30)} in ${size}, read by ${bufferBytes}`;
				assert.equal(recorder.result, "done", what);
				assert.equal(recorder.body, body, what);
				assert.equal(bench.clock.pending, 0, what);
				assert.equal(bench.network.open, 0, what);
			}
		}
	}
});

test("a connection closed at any byte of the response is an error with a code", () => {
	for (const response of [plain(letters(100)), chunked(letters(100), 30)]) {
		for (let at = 0; at < response.length; at++) {
			const bench = new Bench();
			bench.serve((peer) => {
				peer.send(response.slice(0, at));
				peer.close();
			});
			const recorder = bench.get("http://h/");
			bench.clock.advance(100_000);
			assert.equal(recorder.result, at === 0 ? "HTTP_CLOSED" : "HTTP_TRUNCATED", `closed at ${at}`);
			if (at > 0) assert.equal(recorder.error?.offset, at);
			assert.equal(bench.network.open, 0);
			assert.equal(bench.clock.pending, 0);
		}
	}
});

test("a body without a length that breaks off is HTTP_TRUNCATED with the cause", () => {
	const bench = new Bench();
	bench.serve((peer) => {
		peer.send("HTTP/1.1 200 OK\r\n\r\nhalf");
		peer.close(new Error("reset"));
	});
	const recorder = bench.get("http://h/");
	bench.clock.advance(1000);
	assert.equal(recorder.result, "HTTP_TRUNCATED");
	assert.equal(recorder.body, "half");
	assert.equal((recorder.error?.cause as Error).message, "reset");
});

test("the error of a socket that tells an orderly end apart is the end of a body without a length", () => {
	const bench = new Bench();
	bench.serve((peer) => {
		peer.send("HTTP/1.1 200 OK\r\n\r\nwhole");
		peer.close(Object.assign(new Error("closed"), { code: "TCP_CLOSED" }));
	});
	const recorder = bench.get("http://h/");
	bench.clock.advance(1000);
	assert.equal(recorder.result, "done");
	assert.equal(recorder.body, "whole");
});

test("a response out of order ends with its code and closes the connection", () => {
	const bench = new Bench();
	bench.serve((peer) => peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nzz\r\n"));
	const recorder = bench.get("http://h/");
	bench.clock.advance(1000);
	assert.deepEqual(recorder.events, ["headers 200", "readable", "done HTTP_CHUNK_SIZE"]);
	assert.equal(recorder.body, "hi");
	assert.equal(bench.network.open, 0);
});

test("while nobody reads, nothing is taken from the socket, nothing runs, and no deadline passes", () => {
	const bench = new Bench();
	bench.serve((peer) => peer.send(plain(letters(5000))));
	const recorder = bench.get("http://h/", { bufferBytes: 0 });
	bench.clock.advance(600_000);
	assert.deepEqual(recorder.events, ["headers 200", "readable"]);
	assert.equal(bench.clock.pending, 0);
	bench.drain(recorder, new Uint8Array(1000));
	bench.clock.advance(10);
	assert.equal(recorder.result, "done");
	assert.equal(recorder.body.length, 5000);
});

test("what came before the server closed is still there for a reader that comes late", () => {
	for (const head of ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"]) {
		const bench = new Bench();
		bench.serve((peer) => {
			peer.send(head + letters(60));
			peer.close();
		});
		const recorder = bench.get("http://h/", { bufferBytes: 0 });
		bench.clock.advance(100_000);
		assert.deepEqual(recorder.events, ["headers 200", "readable"]);
		assert.equal(bench.network.open, 0);
		bench.drain(recorder, new Uint8Array(7));
		bench.clock.advance(10);
		assert.equal(recorder.body, letters(60));
		assert.equal(recorder.result, head.includes("Length") ? "HTTP_TRUNCATED" : "done");
	}
});

test("a body can be read in onHeaders, and the next request begins", () => {
	const bench = new Bench();
	bench.serve((peer, _, count) => peer.send(plain(`n${count}`)));
	const first = bench.get("http://h/", { onHeaders: () => bench.drain(first, new Uint8Array(10)) });
	const second = bench.get("http://h/");
	bench.clock.advance(100);
	assert.deepEqual([first.body, second.body], ["n0", "n1"]);
	assert.deepEqual([first.events, second.events], [["done"], ["headers 200", "readable", "done"]]);
	assert.equal(bench.network.peers.length, 1);
});

test("onReadable does not come again for bytes that it has announced", () => {
	const bench = new Bench();
	bench.serve((peer) => peer.send(plain(letters(3000))));
	let calls = 0;
	const recorder = bench.get("http://h/", {
		onReadable: () => {
			calls++;
			bench.call(() => recorder.request.read(new Uint8Array(10)));
		},
	});
	bench.clock.advance(1000);
	assert.equal(calls, 1);
});

test("onReadable comes again for chunks that were not announced", () => {
	const bench = new Bench();
	bench.serve((peer) => peer.send(chunked(letters(100), 10)));
	const counts: number[] = [];
	let body = 0;
	const recorder = bench.get("http://h/", {
		onReadable: (count) => {
			counts.push(count);
			body += bench.call(() => recorder.request.read(new Uint8Array(count)));
		},
	});
	bench.clock.advance(100);
	assert.equal(body, 100);
	assert.equal(counts.length, 10);
	assert.equal(recorder.result, "done");
});

test("cancel() in any state lets no call-back through and closes the connection", () => {
	for (let ms = 0; ms < 12; ms++) {
		const bench = new Bench();
		bench.serve((peer) => peer.sendSlowly(plain(letters(20)), 10, 1));
		const recorder = bench.get("http://h/");
		bench.clock.advance(ms);
		const events = recorder.events.length;
		const over = recorder.result !== undefined;
		recorder.request.cancel();
		recorder.request.cancel();
		bench.clock.advance(100_000);
		assert.equal(recorder.events.length, events, `cancelled after ${ms} ms`);
		assert.equal(recorder.request.read(new Uint8Array(10)), 0);
		if (!over) assert.equal(bench.network.open, 0);
		assert.equal(bench.clock.pending, 0);
	}
});

test("cancel() from inside any call-back ends it", () => {
	for (const last of ["headers", "readable"]) {
		const bench = new Bench();
		bench.serve((peer) => peer.send(plain(letters(20))));
		let calls = 0;
		const cancelAt = (name: string) => () => {
			calls++;
			if (name === last) recorder.request.cancel();
		};
		const recorder = bench.get("http://h/", {
			onHeaders: cancelAt("headers"),
			onReadable: cancelAt("readable"),
			onDone: cancelAt("done"),
		});
		bench.clock.advance(100_000);
		assert.equal(calls, last === "headers" ? 1 : 2);
		assert.equal(bench.network.open, 0);
	}
});

test("cancel() after the last byte keeps onDone away", () => {
	const bench = new Bench();
	bench.serve((peer) => peer.send(plain(letters(20))));
	const recorder = bench.get("http://h/", {
		onReadable: () => {
			bench.drain(recorder, new Uint8Array(100));
			recorder.request.cancel();
		},
	});
	bench.clock.advance(1000);
	assert.equal(recorder.body, letters(20));
	assert.deepEqual(recorder.events, ["headers 200"]);
	// The body was at its end: the connection is kept.
	assert.equal(bench.network.open, 1);
});

test("get() throws for what it cannot begin, and begins nothing", () => {
	const bench = new Bench({ limits: { queued: 1 } });
	bench.serve(() => undefined);
	assert.throws(() => bench.client.get({ url: "http://h/a b" }), { code: "URL_CHARACTER", offset: 10 });
	assert.throws(() => bench.client.get({ url: "https://h/" }), { code: "HTTP_NO_TLS" });
	assert.throws(() => bench.client.get({ url: "http://h/", headers: [["Host", "x"]] }), {
		code: "HTTP_HEADER_RESERVED",
	});
	bench.clock.advance(1000);
	assert.equal(bench.network.attempts, 0);
	assert.equal(bench.clock.pending, 0);
	bench.get("http://h/");
	bench.get("http://h/");
	assert.throws(() => bench.client.get({ url: "http://h/" }), { code: "HTTP_QUEUE_LIMIT" });
});

test("https goes through the sockets that `secure` makes for the host", () => {
	const network: Bench["network"][] = [];
	const hosts: string[] = [];
	const bench = new Bench({
		secure: (url) => (options: TCPOptions) => {
			hosts.push(`${url.host} ${options.address} ${options.port}`);
			return new network[0]!.TCP(options);
		},
	});
	network.push(bench.network);
	bench.serve((peer) => peer.send(plain("secret")), address, 443);
	const recorder = bench.get("https://h/");
	bench.clock.advance(1000);
	assert.equal(recorder.body, "secret");
	assert.deepEqual(hosts, [`h ${address} 443`]);
});

test("addresses are not given to the resolver", () => {
	const bench = new Bench();
	bench.serve((peer) => peer.send(plain("4")));
	bench.serve((peer) => peer.send(plain("6")), "2001:db8::1", 8080);
	const recorders = [bench.get(`http://${address}/`), bench.get("http://[2001:DB8::1]:8080/")];
	bench.clock.advance(1000);
	assert.deepEqual(
		recorders.map((item) => item.body),
		["4", "6"],
	);
	assert.deepEqual(bench.resolver.asked, []);
});

test("a request goes out in the pieces that the socket takes", () => {
	const bench = new Bench();
	bench.network.sendBuffer = 7;
	let asked = "";
	bench.serve((peer, request) => {
		asked = request;
		peer.send(plain("ok"));
	});
	const recorder = bench.get("http://h/", { headers: [["X", letters(1000)]] });
	bench.clock.advance(1000);
	assert.equal(recorder.body, "ok");
	assert.ok(asked.endsWith(`\r\nX: ${letters(1000)}\r\n\r\n`));
});

test("an answer before the request is out is taken, and the connection not kept", () => {
	const bench = new Bench();
	bench.network.sendBuffer = 100;
	bench.network.listen(address, 80, {
		onConnect: (peer) => peer.send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"),
	});
	const recorder = bench.get("http://h/", { headers: [["X", letters(1000)]] });
	bench.clock.advance(100);
	assert.deepEqual(recorder.events, ["headers 408", "done"]);
	assert.equal(bench.network.open, 0);
});
