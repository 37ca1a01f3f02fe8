// SPDX-License-Identifier: Apache-2.0
//
// Handshakes one after the other, by TLS 1.2, each on a connection of its own: the program that bench/table measures. Options: `port`,
// `roots` (PEM), `count`, `resume` (1: all but the first take up the session of the first). One JSON line tells the end.

import TCP from "embedded:io/socket/tcp";
import Timer from "timer";
import { encodeUTF8 } from "upgate/bytes/text";
import Board from "upgate/linux/board";
import { TLSContext } from "upgate/tls/context";
import { TLSSocket } from "upgate/tls/socket";

export default function main(): void {
	const board = new Board();
	const option = (name: string): string => board.option(name) ?? "";
	const context = new TLSContext({ roots: [encodeUTF8(option("roots"))], maximum: "1.2" });
	const [port, count, resumes] = [Number(option("port")), Number(option("count")), option("resume") === "1"];
	let session: ArrayBuffer | undefined;
	let done = 0;
	const next = (): void => {
		if (done === count) return board.event({ done });
		const socket = new TLSSocket({
			...{ io: TCP, timer: Timer, context, host: "127.0.0.1", address: "127.0.0.1", port },
			session: resumes ? session : undefined,
			observer: {
				onSession(fresh) {
					session ??= fresh;
				},
			},
			onWritable() {
				socket.close();
				done++;
				Timer.set(next, 0);
			},
			onError(error) {
				board.event({ done, error: error.message });
			},
		});
	};
	next();
}
