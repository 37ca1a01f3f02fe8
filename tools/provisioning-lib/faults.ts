// SPDX-License-Identifier: Apache-2.0
//
// Misbehaviours of a provisioning server, by name, for tests of whatever is provisioned. Each answers a request for a file on the
// bare socket, past the HTTP server, which would not let it. Faults of TLS are not here.

import { gzipSync } from "node:zlib";
import type { Socket } from "node:net";

export interface FaultyAnswer {
	socket: Socket;
	/** Path and query. */
	path: string;
	/** The file that should be answered with; empty when there is none. */
	body: Buffer;
	modified: Date;
	/** Value of a request header. */
	header: (name: string) => string | undefined;
	/** Requests answered by this server before this one. */
	count: number;
}

export interface Fault {
	/** One line for people. */
	readonly about: string;
	readonly answer: (answer: FaultyAnswer) => void;
}

const megabyte = 1 << 20;

/** Head with the fields of a good answer; `undefined` leaves a field out, a list gives it several times. */
function head(
	status: string,
	answer: FaultyAnswer,
	fields: Record<string, string | string[] | undefined> = {},
): string {
	const good = {
		Date: new Date().toUTCString(),
		"Last-Modified": answer.modified.toUTCString(),
		"Content-Type": "application/octet-stream",
	};
	let text = `HTTP/1.1 ${status}\r\n`;
	for (const [name, value] of Object.entries({ ...good, ...fields })) {
		for (const item of value === undefined ? [] : [value].flat()) text += `${name}: ${item}\r\n`;
	}
	return `${text}\r\n`;
}

/** Sends all and closes. */
function whole({ socket }: FaultyAnswer, ...parts: (string | Buffer)[]): void {
	for (const part of parts) socket.write(part);
	socket.end();
}

function length(answer: FaultyAnswer, bytes = answer.body.length): Record<string, string> {
	return { "Content-Length": String(bytes) };
}

function half({ body }: FaultyAnswer): Buffer {
	return body.subarray(0, body.length >> 1);
}

function chunk(data: Buffer, extension = ""): Buffer {
	return Buffer.concat([Buffer.from(`${data.length.toString(16)}${extension}\r\n`), data, Buffer.from("\r\n")]);
}

const chunked = { "Transfer-Encoding": "chunked" };

/** Sends pieces as fast as the peer takes them, until it closes. */
function forEver(socket: Socket, piece: Buffer): void {
	const more = (): void => {
		while (!socket.destroyed && socket.write(piece));
	};
	socket.on("drain", more);
	more();
}

function dribble({ socket }: FaultyAnswer, body: Buffer, intervalMs: number): void {
	let at = 0;
	const timer = setInterval(() => socket.write(body.subarray(at, ++at)), intervalMs);
	socket.on("close", () => clearInterval(timer));
}

function plainStatus(status: string, fields: Record<string, string | string[]> = {}): Fault["answer"] {
	return (answer) => whole(answer, head(status, answer, { ...fields, Connection: "close", "Content-Length": "0" }));
}

function redirect(location: (answer: FaultyAnswer) => string): Fault["answer"] {
	return (answer) => plainStatus("302 Found", { Location: location(answer) })(answer);
}

function challenge(text: (count: number) => string): Fault["answer"] {
	return (answer) => plainStatus("401 Unauthorized", { "WWW-Authenticate": text(answer.count) })(answer);
}

function lyingRange(answer: FaultyAnswer): void {
	const first = Number(/^bytes=(\d+)-/.exec(answer.header("range") ?? "")?.[1] ?? 0);
	const rest = answer.body.subarray(first + 1);
	const last = answer.body.length - 1;
	const range = { "Content-Range": `bytes ${first + 1}-${last}/${answer.body.length}` };
	whole(answer, head("206 Partial Content", answer, { ...range, ...length(answer, rest.length) }), rest);
}

/** In the order of the list that people are shown. */
export const faults: Readonly<Record<string, Fault>> = {
	"ignores-conditions": {
		about: "200 with the file, whatever If-Modified-Since and If-None-Match say",
		answer: (answer) => whole(answer, head("200 OK", answer, length(answer)), answer.body),
	},
	"not-modified-always": { about: "304 to every request", answer: plainStatus("304 Not Modified") },
	"not-modified-body": {
		about: "304 with a length and a body",
		answer: (answer) =>
			answer.socket.write(head("304 Not Modified", answer, length(answer)) + answer.body.toString("latin1"), "latin1"),
	},
	"no-date": {
		about: "neither Date nor Last-Modified nor ETag",
		answer: (answer) =>
			whole(
				answer,
				head("200 OK", answer, { ...length(answer), Date: undefined, "Last-Modified": undefined }),
				answer.body,
			),
	},
	"bad-date": {
		about: "dates that are none",
		answer: (answer) =>
			whole(
				answer,
				head("200 OK", answer, { ...length(answer), Date: "yesterday", "Last-Modified": "32 Foo 2024" }),
				answer.body,
			),
	},
	"length-more": {
		about: "Content-Length above what is sent, then closed",
		answer: (answer) => whole(answer, head("200 OK", answer, length(answer, answer.body.length + 100)), answer.body),
	},
	"length-less": {
		about: "Content-Length below what is sent",
		answer: (answer) => whole(answer, head("200 OK", answer, length(answer, answer.body.length >> 1)), answer.body),
	},
	"length-junk": {
		about: "Content-Length that is no number",
		answer: (answer) =>
			whole(answer, head("200 OK", answer, { "Content-Length": `${answer.body.length}x` }), answer.body),
	},
	"length-twice": {
		about: "two Content-Lengths that differ",
		answer: (answer) =>
			whole(answer, head("200 OK", answer, { "Content-Length": [String(answer.body.length), "1"] }), answer.body),
	},
	"length-and-chunked": {
		about: "Content-Length beside chunks",
		answer: (answer) =>
			whole(answer, head("200 OK", answer, { ...length(answer), ...chunked }), chunk(answer.body), "0\r\n\r\n"),
	},
	"length-none": {
		about: "no length: the body ends with the connection",
		answer: (answer) => whole(answer, head("200 OK", answer), answer.body),
	},
	"length-none-cut": {
		about: "no length, and half a file",
		answer: (answer) => whole(answer, head("200 OK", answer), half(answer)),
	},
	chunked: {
		about: "chunks with extensions and a trailer, all in order",
		answer: (answer) => {
			const [first, second] = [half(answer), answer.body.subarray(answer.body.length >> 1)];
			whole(answer, head("200 OK", answer, chunked), chunk(first, ";a=b"), chunk(second), "0\r\nX-Trailer: 1\r\n\r\n");
		},
	},
	"chunked-broken": {
		about: "a chunk size that is none",
		answer: (answer) => whole(answer, head("200 OK", answer, chunked), chunk(half(answer)), "zz\r\nrest\r\n0\r\n\r\n"),
	},
	"chunked-cut": {
		about: "closed before the last chunk",
		answer: (answer) => whole(answer, head("200 OK", answer, chunked), chunk(half(answer))),
	},
	short: {
		about: "closed in the middle of the body",
		answer: (answer) => whole(answer, head("200 OK", answer, length(answer)), half(answer)),
	},
	reset: {
		about: "connection reset in the middle of the body",
		answer: (answer) => {
			answer.socket.write(head("200 OK", answer, length(answer)));
			answer.socket.write(half(answer), () => setTimeout(() => answer.socket.resetAndDestroy(), 50));
		},
	},
	closes: { about: "closed without an answer", answer: ({ socket }) => socket.end() },
	silent: { about: "no answer at all", answer: () => undefined },
	stalls: {
		about: "nothing more after half the body",
		answer: (answer) => {
			answer.socket.write(head("200 OK", answer, length(answer)));
			answer.socket.write(half(answer));
		},
	},
	slow: {
		about: "one byte of the body a second",
		answer: (answer) => {
			answer.socket.write(head("200 OK", answer, length(answer)));
			dribble(answer, answer.body, 1000);
		},
	},
	endless: {
		about: "a body without end, as fast as it is taken",
		answer: (answer) => {
			answer.socket.write(head("200 OK", answer, chunked));
			forEver(answer.socket, chunk(Buffer.alloc(65536, "; nothing\n")));
		},
	},
	"endless-head": {
		about: "header fields without end",
		answer: ({ socket }) => {
			socket.write("HTTP/1.1 200 OK\r\n");
			forEver(socket, Buffer.from(`X-More: ${"x".repeat(100)}\r\n`));
		},
	},
	"endless-interim": {
		about: "100 Continue without end",
		answer: ({ socket }) => forEver(socket, Buffer.from("HTTP/1.1 100 Continue\r\n\r\n")),
	},
	"huge-headers": {
		about: "a megabyte of header fields, then the file",
		answer: (answer) => {
			const field = { "X-Huge": Array.from({ length: 1024 }, () => "x".repeat(megabyte / 1024)) };
			whole(answer, head("200 OK", answer, { ...field, ...length(answer) }), answer.body);
		},
	},
	"not-http": {
		about: "bytes that are no HTTP",
		answer: (answer) => whole(answer, Buffer.from("SSH-2.0-OpenSSH_9.2p1\r\n")),
	},
	"line-feeds": {
		about: "lines that end with LF alone",
		answer: (answer) => whole(answer, head("200 OK", answer, length(answer)).replaceAll("\r\n", "\n"), answer.body),
	},
	gzip: {
		about: "compressed, though it was not asked for",
		answer: (answer) => {
			const packed = gzipSync(answer.body);
			whole(answer, head("200 OK", answer, { ...length(answer, packed.length), "Content-Encoding": "gzip" }), packed);
		},
	},
	"gzip-unsaid": {
		about: "compressed, and nothing says so",
		answer: (answer) => {
			const packed = gzipSync(answer.body);
			whole(answer, head("200 OK", answer, length(answer, packed.length)), packed);
		},
	},
	html: {
		about: "200 with a page for people instead of the file",
		answer: (answer) => {
			const page = Buffer.from("<!DOCTYPE html>\n<html><body>Please sign in</body></html>\n");
			whole(answer, head("200 OK", answer, { ...length(answer, page.length), "Content-Type": "text/html" }), page);
		},
	},
	empty: { about: "200 with nothing in it", answer: plainStatus("200 OK") },
	"range-lies": { about: "206, also unasked, that begins a byte too late", answer: lyingRange },
	"redirect-loop": { about: "redirect to itself", answer: redirect(({ path }) => path) },
	"redirect-chain": {
		about: "redirects without end, each to another place",
		answer: redirect(({ count }) => `/hop/${count}`),
	},
	"redirect-scheme": { about: "redirect to ftp", answer: redirect(({ path }) => `ftp://127.0.0.1${path}`) },
	unauthorized: {
		about: "401 for ever, by Digest, whatever is sent",
		answer: challenge((count) => `Digest realm="upgate", nonce="${count}", qop="auth", algorithm=SHA-256`),
	},
	"unauthorized-basic": { about: "401 for ever, by Basic", answer: challenge(() => 'Basic realm="upgate"') },
	"digest-stale": {
		about: "401 for ever, always because the nonce is too old",
		answer: challenge((count) => `Digest realm="upgate", nonce="${count}", qop="auth", stale=true`),
	},
	"challenge-broken": {
		about: "401 with a challenge that makes no sense",
		answer: challenge(() => 'Digest realm="upgate, nonce='),
	},
	forbidden: { about: "403", answer: plainStatus("403 Forbidden") },
	errors: { about: "500", answer: plainStatus("500 Internal Server Error") },
	busy: {
		about: "503 with Retry-After: 3600",
		answer: plainStatus("503 Service Unavailable", { "Retry-After": "3600" }),
	},
};

/** @returns the list for people */
export function faultLines(): string[] {
	const width = Math.max(...Object.keys(faults).map((name) => name.length)) + 2;
	return Object.entries(faults).map(([name, { about }]) => name.padEnd(width) + about);
}
