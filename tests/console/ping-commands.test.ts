// SPDX-License-Identifier: Apache-2.0
//
// `ping`: times by the fake clock, deadlines, and what is refused.

import assert from "node:assert/strict";
import test from "node:test";
import { findCommand } from "../../modules/console/commands.js";
import { pingCommands } from "../../modules/console/ping-commands.js";
import type { TCPConstructor } from "../../modules/ecma419/tcp.js";
import { FakeClock } from "../fakes/clock.js";
import { FakeResolver } from "../fakes/resolver.js";

/** Opens after as many milliseconds as `delays` says for each connection; 0: fails; undefined: never. */
class Desk {
	readonly clock = new FakeClock();
	readonly resolver = new FakeResolver(this.clock, { "gateway.test": "192.0.2.7", "silent.test": "never" }, 5);
	readonly asked: string[] = [];
	open = 0;

	async type(line: string, delays: (number | undefined)[] = []): Promise<string[]> {
		const io = { TCP: this.#sockets(delays) };
		const { timer, ticks } = this.clock;
		const commands = pingCommands({ io, resolver: this.resolver, timer, ticks });
		const { command, values } = findCommand(commands, line) ?? {};
		const lines: string[] = [];
		const running = Promise.resolve(command?.run(values ?? []) ?? []).then((answer) => {
			if (Symbol.iterator in answer) lines.push(...answer);
		});
		let over = false;
		const end = (): void => void (over = true);
		running.then(end, end);
		for (let i = 0; i < 5000 && !over; i++) {
			for (let turn = 0; turn < 10; turn++) await Promise.resolve();
			this.clock.advance(10);
		}
		await running;
		return lines;
	}

	#sockets(delays: (number | undefined)[]): TCPConstructor {
		const { clock, asked } = this;
		const note = (change: number): void => void (this.open += change);
		const make = function ({ address, port, onWritable, onError }: ConstructorParameters<TCPConstructor>[0]): unknown {
			asked.push(`${address} ${port}`);
			note(1);
			const socket = { close: () => note(-1) };
			const ms = delays.shift();
			if (ms !== undefined)
				clock.timer.set(() => (ms === 0 ? onError : onWritable)?.call(socket as never, socket as never), ms);
			return socket;
		};
		return make as unknown as TCPConstructor;
	}
}

test("a name is resolved, and four connections are timed, each closed", async () => {
	const desk = new Desk();
	assert.deepEqual(await desk.type("ping gateway.test 443", [10, 20, 0, undefined]), [
		"TCP connections to 192.0.2.7 port 443",
		"1  10 ms",
		"2  20 ms",
		"3  no connection",
		"4  no answer within 2000 ms",
		"2 of 4 answered",
	]);
	assert.deepEqual(desk.asked, Array(4).fill("192.0.2.7 443"));
	assert.equal(desk.open, 0);
	assert.equal(desk.clock.pending, 0);
});

test("an address needs no resolver, and the port is 80", async () => {
	const desk = new Desk();
	assert.equal((await desk.type("ping 192.0.2.9", [10, 10, 10, 10])).at(-1), "4 of 4 answered");
	assert.equal(desk.asked[0], "192.0.2.9 80");
	assert.deepEqual(desk.resolver.asked, []);
});

test("no such name, one without an answer, a wrong port and a wrong name are refused", async () => {
	for (const line of ["ping nowhere.test", "ping silent.test", "ping 192.0.2.9 0", "ping 192.0.2.9 x", "ping a/b"])
		await assert.rejects(new Desk().type(line), { code: "CONSOLE_REFUSED" });
});
