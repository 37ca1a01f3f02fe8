// SPDX-License-Identifier: Apache-2.0
//
// The server side of the test program: answers each connection's first bytes with what `send` says, and ends.

import Listener from "embedded:io/socket/listener";
import TCP from "embedded:io/socket/tcp";
import { print } from "./serial-port.js";
import Timer from "timer";
import { encodeLatin1 } from "upgate/bytes/text";
import type { Board } from "upgate/ecma419/board";
import { TLSSocket } from "upgate/tls/socket";
import { describe, makeContext, type Spec } from "./spec.js";

/** Keeps a reference: the connection would be collected otherwise. */
const open = new Set<TLSSocket>();

function serve(spec: Spec, board: Board, context: ReturnType<typeof makeContext>, from: TCP): void {
	const socket = new TLSSocket({
		io: TCP,
		timer: Timer,
		context,
		from,
		clock: board.clock,
		observer: { onSecure: (information) => print(JSON.stringify({ event: "secure", ...information })) },
		onReadable: () => {
			const bytes = socket.read();
			print(JSON.stringify({ event: "data", received: bytes?.byteLength }));
			socket.write(encodeLatin1(spec.send ?? "hello"));
			socket.close();
			open.delete(socket);
		},
		onError: (error) => {
			print(JSON.stringify(describe(error)));
			socket.close();
			open.delete(socket);
		},
	});
	open.add(socket);
}

export function startServer(spec: Spec, board: Board): void {
	const context = makeContext(spec);
	const listener = new Listener({
		address: "127.0.0.1",
		port: 0,
		onReadable: (count) => {
			while (count-- > 0) serve(spec, board, context, listener.read() as TCP);
		},
	});
	print(JSON.stringify({ event: "listening", port: listener.port }));
}
