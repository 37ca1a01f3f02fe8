// SPDX-License-Identifier: Apache-2.0
//
// Responses that go on when their handler has ended: what follows them, and what ends them.

import test from "node:test";
import assert from "node:assert/strict";
import { encodeLatin1 } from "../../modules/bytes/text.js";
import type { ServerExchange } from "../../modules/http-server/options.js";
import { HTTPServer } from "../../modules/http-server/server.js";
import { FakeClock } from "../fakes/clock.js";
import { type FakeClient, FakeDoor } from "../fakes/listener.js";

const get = "GET /a HTTP/1.1\r\nHost: gateway\r\n\r\n";

class World {
	readonly clock = new FakeClock();
	readonly door = new FakeDoor(this.clock);
	readonly exchanges: ServerExchange[] = [];
	readonly faults: unknown[] = [];
	gone = 0;
	readonly server = new HTTPServer({
		Listener: this.door.Listener,
		timer: this.clock.timer,
		ticks: this.clock.ticks,
		endpoints: [{ port: 80, acceptor: this.door, secure: false }],
		handler: (exchange) => this.#hold(exchange),
		onFault: (error) => this.faults.push(error),
	});

	async #hold(exchange: ServerExchange): Promise<void> {
		this.exchanges.push(exchange);
		exchange.onGone = () => this.gone++;
		await exchange.begin(200, []);
		await exchange.write(encodeLatin1("first "));
		exchange.hold();
	}

	async ask(text: string): Promise<FakeClient> {
		const client = this.door.connect();
		client.send(text);
		await this.clock.advanceAsync(50);
		return client;
	}
}

test("a held response goes on for as long as it takes, and then the next request is answered", async () => {
	const world = new World();
	const client = await world.ask(get);
	client.send(get);
	await world.clock.advanceAsync(3_600_000);
	const [exchange] = world.exchanges;
	await exchange!.write(encodeLatin1("second"));
	await world.clock.advanceAsync(50);
	assert.match(client.received, /\r\n\r\n6\r\nfirst \r\n6\r\nsecond\r\n$/);
	assert.equal(world.exchanges.length, 1);
	await exchange!.end();
	exchange!.release();
	await world.clock.advanceAsync(50);
	assert.equal(world.exchanges.length, 2);
	assert.equal(client.received.split("first ").length, 3);
	assert.equal(client.closed, false);
});

test("after a held response that was not ended, or to a client that wants no other, the connection ends", async () => {
	for (const ended of [false, true]) {
		const world = new World();
		const client = await world.ask(ended ? get.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n") : get);
		const [exchange] = world.exchanges;
		if (ended) await exchange!.end();
		exchange!.release();
		exchange!.release();
		await world.clock.advanceAsync(2_000);
		assert.deepEqual([client.closed, world.server.open], [true, 0]);
	}
});

test("the client's going is told, and what is sent then throws", async () => {
	const world = new World();
	const client = await world.ask(get);
	client.close();
	await world.clock.advanceAsync(50);
	const [exchange] = world.exchanges;
	assert.deepEqual([world.gone, exchange!.open, world.server.open], [1, false, 0]);
	assert.throws(() => exchange!.write(encodeLatin1("late")), { code: "HTTP_CLOSED" });
	exchange!.release();
	await world.clock.advanceAsync(50);
	assert.deepEqual(world.faults, []);
});

test("a fault of a held response is told, and closes the connection at once", async () => {
	const world = new World();
	const client = await world.ask(get);
	const fault = new Error("broken");
	world.exchanges[0]!.release(fault);
	await world.clock.advanceAsync(1);
	assert.deepEqual([world.faults, client.closed, world.server.open], [[fault], true, 0]);
});

test("only a response that has begun and not ended can be held", async () => {
	const clock = new FakeClock();
	const door = new FakeDoor(clock);
	const seen: boolean[] = [];
	const server = new HTTPServer({
		Listener: door.Listener,
		timer: clock.timer,
		ticks: clock.ticks,
		endpoints: [{ port: 80, acceptor: door, secure: false }],
		handler: async (exchange) => {
			assert.throws(() => exchange.hold(), RangeError);
			await exchange.respond(200, []);
			assert.throws(() => exchange.hold(), RangeError);
			seen.push(true);
		},
	});
	door.connect().send(get);
	await clock.advanceAsync(50);
	assert.deepEqual([seen, server.open], [[true], 1]);
});
