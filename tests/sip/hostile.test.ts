// SPDX-License-Identifier: Apache-2.0
//
// Every vector over connections, on the virtual clock: behind it a good request is answered on the same connection, or the connection
// ends; and the next connection is served.

import assert from "node:assert/strict";
import test from "node:test";
import { decodeLatin1 } from "../../modules/bytes/text.js";
import { SIPServer } from "../../modules/sip/server.js";
import { FakeClock } from "../fakes/clock.js";
import { FakeResolver } from "../fakes/resolver.js";
import { loadVectors } from "../harness/vectors.js";
import { notify } from "./agent.js";
import { Host } from "./sockets.js";

const vectors = ["torture", "valid", "invalid"].flatMap((folder) =>
	loadVectors(`sip/vectors/${folder}`).filter(({ name }) => name.endsWith(".txt")),
);
/** A message that is not complete is waited for so long. */
const messageMs = 32_000;

function listen() {
	const clock = new FakeClock();
	const host = new Host(clock);
	const server = new SIPServer({
		...{ io: host, timer: clock.timer, ticks: clock.ticks, resolver: new FakeResolver(clock), realm: "gateway" },
		random: (bytes) => bytes.fill(5),
		update: { trigger: () => "started" },
		policy: () => ({
			...{ enabled: true, sources: "192.0.2.0/24", user: "", password: "", intervalMs: 60_000 },
			algorithms: ["MD5"],
		}),
	});
	server.open({ udp: 0, tcp: 5060, tls: 0 });
	return { clock, host, server };
}

/** Request and answer have the same Call-ID. */
const answer = (id: string): RegExp => new RegExp(`^SIP/2\\.0 200 [^]*Call-ID: ${id}@`, "m");

for (const { name, bytes } of vectors)
	test(`over a connection, after ${name}, a good request is answered or the connection ends; the next one is served`, () => {
		const { clock, host, server } = listen();
		const first = host.connect();
		const send = (text: string): void => {
			if (!first.closed) first.send(text);
			clock.advance(1000);
			first.drain();
			clock.advance(1000);
		};
		clock.advance(1);
		send(decodeLatin1(bytes));
		// Who announces more than he sends, or sends a body that he has not announced, has this taken for the rest of it.
		send(notify("behind"));
		send(notify("again"));
		const isAnswered = ["behind", "again"].some((id) => answer(id).test(first.received));
		const second = host.connect();
		clock.advance(1);
		second.send(notify("next"));
		clock.advance(1000);
		assert.match(second.received, answer("next"));
		clock.advance(messageMs);
		assert.ok(isAnswered || first.closed, first.received);
		assert.ok(server.status().held <= 5000, "one connection's buffer");
	});
