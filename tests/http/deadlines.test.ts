// SPDX-License-Identifier: Apache-2.0
//
// Every wait of the client has an end, on the virtual clock: to the millisecond, with its own code, and nothing left behind.

import test from "node:test";
import assert from "node:assert/strict";
import { Deadline, RateGuard } from "../../modules/http/deadline.js";
import { FakeClock } from "../fakes/clock.js";
import { FakeResolver } from "../fakes/resolver.js";
import { address, Bench, letters, plain, type Recorder } from "./bench.js";

/** Asserts that the request ends with `code` after `ms` of virtual time, not earlier. */
function endsAt(bench: Bench, recorder: Recorder, ms: number, code: string): void {
	bench.clock.advance(ms - 10);
	assert.equal(recorder.result, undefined, `${code} too early`);
	bench.clock.advance(20);
	assert.equal(recorder.result, code);
	bench.clock.advance(10_000);
	assert.equal(bench.network.open, 0);
	assert.equal(bench.clock.pending, 0);
}

test("a name that is not found is HTTP_RESOLVE", () => {
	const bench = new Bench();
	const recorder = bench.get("http://nowhere/");
	endsAt(bench, recorder, 10, "HTTP_RESOLVE");
	assert.equal((recorder.error?.cause as Error).message, "name not found");
});

test("a resolver that throws is HTTP_RESOLVE", () => {
	const resolver = {
		resolve: () => {
			throw new Error("no server");
		},
		close: () => undefined,
	};
	const bench = new Bench({ resolver });
	const recorder = bench.get("http://h/");
	assert.equal(recorder.result, undefined);
	bench.clock.advance(1);
	assert.equal(recorder.result, "HTTP_RESOLVE");
});

test("a resolver that does not answer is HTTP_TIMEOUT_RESOLVE", () => {
	const bench = new Bench({ timeouts: { resolveMs: 5000 } });
	endsAt(bench, bench.get("http://mute/"), 5000, "HTTP_TIMEOUT_RESOLVE");
});

test("a resolver that answers too late is not listened to", () => {
	const clock = new FakeClock();
	const resolver = new FakeResolver(clock, { h: address }, 6000);
	const bench = new Bench({ resolver, timer: clock.timer, ticks: clock.ticks, timeouts: { resolveMs: 5000 } });
	const recorder = bench.get("http://h/");
	clock.advance(10_000);
	assert.equal(recorder.result, "HTTP_TIMEOUT_RESOLVE");
	assert.equal(bench.network.attempts, 0);
	assert.equal(clock.pending, 0);
});

test("a refused connection is HTTP_CONNECT, as is a socket that cannot be made", () => {
	const bench = new Bench();
	const recorder = bench.get("http://h:81/");
	endsAt(bench, recorder, 10, "HTTP_CONNECT");
	assert.equal((recorder.error?.cause as Error).message, "connection refused");
	const bad = new Bench({
		secure: () => {
			throw new Error("no roots");
		},
	});
	const other = bad.get("https://h/");
	endsAt(bad, other, 10, "HTTP_CONNECT");
});

test("a server that does not take the connection is HTTP_TIMEOUT_CONNECT", () => {
	const bench = new Bench({ timeouts: { connectMs: 7000 } });
	bench.network.listen(address, 80, "silent");
	endsAt(bench, bench.get("http://h/"), 7001, "HTTP_TIMEOUT_CONNECT");
});

test("a server that does not answer is HTTP_TIMEOUT_RESPONSE, also one that sends its head by the byte", () => {
	const bench = new Bench({ timeouts: { responseMs: 9000 } });
	bench.serve(() => undefined);
	endsAt(bench, bench.get("http://h/"), 9002, "HTTP_TIMEOUT_RESPONSE");
	const slow = new Bench({ timeouts: { responseMs: 9000 } });
	slow.serve((peer) => peer.sendSlowly(plain("x"), 1, 1000));
	endsAt(slow, slow.get("http://h/"), 9002, "HTTP_TIMEOUT_RESPONSE");
});

test("a body that stops is HTTP_TIMEOUT_IDLE, counted from its last byte", () => {
	const bench = new Bench({ timeouts: { idleMs: 6000 } });
	bench.serve((peer) => {
		peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
		bench.clock.timer.set(() => peer.send("more"), 5000);
	});
	const recorder = bench.get("http://h/");
	endsAt(bench, recorder, 11_005, "HTTP_TIMEOUT_IDLE");
	assert.equal(recorder.body, "halfmore");
});

test("the time that the reader takes is not the server's", () => {
	const bench = new Bench({ timeouts: { idleMs: 6000 } });
	bench.serve((peer) => peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"));
	const recorder = bench.get("http://h/", { bufferBytes: 0 });
	bench.clock.advance(60_000);
	bench.drain(recorder, new Uint8Array(100));
	endsAt(bench, recorder, 6000, "HTTP_TIMEOUT_IDLE");
});

test("a body below the least rate is HTTP_TOO_SLOW, one above it is not", () => {
	const timeouts = { leastBytesPerSecond: 50, rateWindowMs: 10_000 };
	for (const [size, result] of [
		[40, "HTTP_TOO_SLOW"],
		[60, "done"],
	] as const) {
		const bench = new Bench({ timeouts });
		bench.serve((peer) => peer.sendSlowly(plain(letters(3000)), size, 1000));
		const recorder = bench.get("http://h/");
		bench.clock.advance(200_000);
		assert.equal(recorder.result, result);
		assert.equal(bench.clock.pending, 0);
	}
});

test("HTTP_TIMEOUT_TOTAL ends a request in any state", () => {
	const bench = new Bench();
	bench.serve((peer) => peer.sendSlowly(plain(letters(10_000)), 100, 1000));
	endsAt(bench, bench.get("http://h/", { totalMs: 8000 }), 8000, "HTTP_TIMEOUT_TOTAL");
	const reader = new Bench({ timeouts: { totalMs: 8000 } });
	reader.serve((peer) => peer.send(plain(letters(10_000))));
	endsAt(reader, reader.get("http://h/", { bufferBytes: 0 }), 8000, "HTTP_TIMEOUT_TOTAL");
	const resolving = new Bench({ timeouts: { totalMs: 8000 } });
	endsAt(resolving, resolving.get("http://mute/"), 8000, "HTTP_TIMEOUT_TOTAL");
});

test("no deadline is left when a request is over", () => {
	const bench = new Bench({ timeouts: { totalMs: 8000 } });
	bench.serve((peer) => peer.send(plain("x", "Connection: close\r\n")));
	const recorder = bench.get("http://h/");
	bench.clock.advance(10);
	assert.equal(recorder.result, "done");
	assert.equal(bench.clock.pending, 0);
});

test("waiting for a connection ends with HTTP_TIMEOUT_QUEUE, and the request is not sent later", () => {
	const bench = new Bench({ timeouts: { queueMs: 3000 } });
	let requests = 0;
	bench.serve((peer) => {
		requests++;
		peer.sendSlowly(plain(letters(100)), 10, 500);
	});
	const first = bench.get("http://h/");
	const second = bench.get("http://h/");
	bench.clock.advance(3010);
	assert.equal(second.result, "HTTP_TIMEOUT_QUEUE");
	bench.clock.advance(10_000);
	assert.equal(first.result, "done");
	assert.equal(requests, 1);
});

test("a body above the limit of the request is HTTP_BODY_LIMIT, at once where the length says so", () => {
	const bench = new Bench();
	bench.serve((peer) => peer.send(plain(letters(101))));
	const recorder = bench.get("http://h/", { bodyBytes: 100 });
	bench.clock.advance(100);
	assert.deepEqual(recorder.events, ["done HTTP_BODY_LIMIT"]);
	const endless = new Bench();
	endless.serve((peer) => peer.sendSlowly(`HTTP/1.1 200 OK\r\n\r\n${letters(5000)}`, 64, 1));
	const other = endless.get("http://h/", { bodyBytes: 1000 });
	endless.clock.advance(10_000);
	assert.equal(other.result, "HTTP_BODY_LIMIT");
	assert.equal(other.body.length, 1000);
});

test("Deadline moves later without a timer operation and fires once", () => {
	const clock = new FakeClock();
	let operations = 0;
	const timer = {
		...clock.timer,
		set: (...args: Parameters<typeof clock.timer.set>) => {
			operations++;
			return clock.timer.set(...args);
		},
	};
	const fired: string[] = [];
	const deadline = new Deadline<string>(
		{ timer, ticks: clock.ticks },
		{
			expired: (name) => fired.push(`${name} ${clock.now}`),
		},
	);
	for (let i = 0; i < 50; i++) {
		deadline.start("a", 100);
		clock.advance(1);
	}
	assert.equal(operations, 1);
	deadline.start("b", 20);
	clock.advance(200);
	assert.deepEqual(fired, ["b 70"]);
	deadline.start("c", 20);
	deadline.stop();
	clock.advance(200);
	assert.equal(fired.length, 1);
	deadline.close();
	deadline.close();
});

test("RateGuard counts only while it waits", () => {
	const guard = new RateGuard(10, 1000);
	guard.wait(0);
	assert.ok(guard.arrived(500, 0));
	// Ten seconds of the reader's own.
	guard.wait(10_500);
	assert.ok(guard.arrived(11_000, 10));
	guard.wait(11_000);
	assert.equal(guard.arrived(12_000, 19), false);
});
