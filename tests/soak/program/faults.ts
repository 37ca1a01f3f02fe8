// SPDX-License-Identifier: Apache-2.0
//
// What a provisioning server does wrong in a round, by name: with the connection before any request, or in the place of the right
// answer. The same kinds as tools/provisioning-lib has for tests with programs, and those of connections and TLS.

import Timer from "timer";
import type { Connection, Request } from "./connection.js";
import type { ServedFile } from "./server.js";

/** Before a request is read; for https in the place of the handshake or in it. */
export type Door = "reset" | "mute" | "garbage" | "stranger" | "refused";

export const doors: readonly Door[] = ["reset", "mute", "garbage", "stranger", "refused"];

interface Wrong {
	connection: Connection;
	request: Request;
	/** Empty where there is none. */
	body: Uint8Array;
	file: ServedFile | undefined;
	/** Head of a good answer. */
	head: (status: string, fields?: Record<string, string>) => string;
	/** A number, 0 to limit - 1. */
	below: (limit: number) => number;
}

type Answer = (wrong: Wrong) => void;

const length = (body: Uint8Array, more = 0): Record<string, string> => ({
	"Content-Length": String(body.length + more),
});
const half = (body: Uint8Array): Uint8Array => body.subarray(0, body.length >> 1);

function status(text: string, fields: Record<string, string> = {}): Answer {
	return ({ connection, head }) => {
		connection.send(head(text, { "Content-Length": "0", Connection: "close", ...fields }));
		connection.end();
	};
}

/** Sends a piece at a time while the connection stands. */
function slowly({ connection, body, head }: Wrong, pieceBytes: number, intervalMs: number): void {
	connection.send(head("200 OK", length(body)));
	for (let at = 0, ms = 0; at < Math.min(body.length, 40 * pieceBytes); at += pieceBytes, ms += intervalMs)
		Timer.set(() => connection.send(body.subarray(at, at + pieceBytes)), ms);
}

export const answers: Readonly<Record<string, Answer>> = {
	truncated: ({ connection, body, head }) => {
		connection.send(head("200 OK", length(body)), half(body));
		connection.end();
	},
	"reset in the body": ({ connection, body, head }) => {
		connection.send(head("200 OK", length(body)), half(body));
		Timer.set(() => connection.close(), 1);
	},
	"no answer": ({ connection }) => connection.close(),
	silent: () => undefined,
	stalls: ({ connection, body, head }) => connection.send(head("200 OK", length(body)), half(body)),
	slow: (wrong) => slowly(wrong, 1, 5000),
	"in drops": (wrong) => slowly(wrong, 1 + (wrong.body.length >> 5), 100),
	"longer than said": ({ connection, body, head }) => {
		connection.send(head("200 OK", length(body, -1)), body);
		connection.end();
	},
	"length is junk": ({ connection, body, head }) => {
		connection.send(head("200 OK", { "Content-Length": "many" }), body);
		connection.end();
	},
	"length and chunked": ({ connection, body, head }) => {
		connection.send(head("200 OK", { ...length(body), "Transfer-Encoding": "chunked" }), body);
		connection.end();
	},
	"chunks broken": ({ connection, body, head }) => {
		connection.send(head("200 OK", { "Transfer-Encoding": "chunked" }), "5\r\nabc\r\nzz\r\n", half(body));
		connection.end();
	},
	"304 with a body": ({ connection, body, head }) => {
		connection.send(head("304 Not Modified", length(body)), body);
		connection.end();
	},
	"304 to all": status("304 Not Modified"),
	"wrong range": ({ connection, body, head }) => {
		const range = { "Content-Range": `bytes 7-${body.length - 1}/${body.length}` };
		connection.send(head("206 Partial Content", { ...range, ...length(body, -7) }), body.subarray(7));
		connection.end();
	},
	"401 basic": status("401 Unauthorized", { "WWW-Authenticate": 'Basic realm="soak"' }),
	"401 digest": status("401 Unauthorized", {
		"WWW-Authenticate": 'Digest realm="soak", nonce="bm9uY2U", qop="auth", algorithm=SHA-256',
	}),
	"403": status("403 Forbidden"),
	"404": status("404 Not Found"),
	"500": status("500 Internal Server Error"),
	"503 for seconds": (wrong) =>
		status("503 Service Unavailable", { "Retry-After": String(1 + wrong.below(50)) })(wrong),
	"503 for minutes": (wrong) =>
		status("503 Service Unavailable", { "Retry-After": String(60 * (2 + wrong.below(16))) })(wrong),
	"429": (wrong) => status("429 Too Many Requests", { "Retry-After": String(10 + wrong.below(90)) })(wrong),
	"redirect loop": ({ connection, request, head }) => {
		connection.send(head("302 Found", { "Content-Length": "0", Location: request.path }));
	},
	"not http": ({ connection }) => {
		connection.send("220 mail.example ESMTP\r\n");
		connection.end();
	},
	"endless head": ({ connection, head }) => {
		for (let i = 0; i < 20; i++) connection.send(`${head("200 OK").slice(0, -2)}X-Filler: ${"y".repeat(1000)}\r\n`);
		connection.end();
	},
	compressed: ({ connection, body, head }) => {
		connection.send(head("200 OK", { ...length(body), "Content-Encoding": "gzip" }), body);
		connection.end();
	},
	"a page": ({ connection, head }) => {
		const page = "<html><body>Please log in</body></html>";
		connection.send(head("200 OK", { "Content-Type": "text/html", "Content-Length": String(page.length) }), page);
	},
	empty: status("200 OK"),
};
