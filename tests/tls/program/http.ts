// SPDX-License-Identifier: Apache-2.0
//
// The HTTP client over TLS: asks as often as it is told, waits until nothing is kept after each answer, and prints the heaps.

import Resolver from "embedded:network/dns/resolver/udp";
import TCP from "embedded:io/socket/tcp";
import { print } from "./serial-port.js";
import Timer from "timer";
import { encodeLatin1 } from "upgate/bytes/text";
import type { Board } from "upgate/ecma419/board";
import { HTTPClient } from "upgate/http/client";
import { TLSConnector } from "upgate/tls/connector";
import { TLSError } from "upgate/tls/errors";
import { printMemory } from "./memory.js";
import type { Spec } from "./spec.js";

const keepMs = 100;

export function startHTTP(spec: Spec, board: Board): void {
	const roots = (spec.roots ?? []).map((text) => encodeLatin1(text));
	const connector = new TLSConnector({
		io: TCP,
		timer: Timer,
		clock: board.clock,
		trust: () => ({ roots, verify: true }),
		records: spec.records,
		onSecure: (_, information) => print(JSON.stringify({ event: "secure", ...information })),
	});
	const client = new HTTPClient({
		io: TCP,
		secure: (url) => connector.secure(url),
		resolver: new Resolver({}),
		timer: Timer,
		ticks: () => board.clock.ticks(),
		timeouts: { keepMs },
	});
	const buffer = new Uint8Array(2048);
	let left = spec.times ?? 1;

	const ask = (): void => {
		let received = 0;
		const request = client.get({
			url: `https://${spec.host}:${spec.port}/`,
			onReadable: () => {
				for (let count = request.read(buffer); count > 0; count = request.read(buffer)) received += count;
			},
			onDone: (error) => {
				const cause = error?.cause;
				const code = cause instanceof TLSError ? cause.code : error?.code;
				print(JSON.stringify({ event: "data", received, code }));
				// Not from within a call of the connection that may be going to be kept.
				Timer.set(() => printMemory(board, "kept"), 0);
				Timer.set(next, 4 * keepMs);
			},
		});
	};
	const next = (): void => {
		printMemory(board, "idle");
		if (--left > 0) return ask();
		client.close();
		print(JSON.stringify({ event: "done" }));
	};

	printMemory(board, "start");
	ask();
}
