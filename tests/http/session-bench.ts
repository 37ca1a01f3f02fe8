// SPDX-License-Identifier: Apache-2.0
//
// A session on the virtual clock, a scripted server per origin, and what came of each request.

import { decodeLatin1 } from "../../modules/bytes/text.js";
import { HTTPSession, type HTTPError, type HTTPRequest, type SessionGetOptions } from "../../modules/http/session.js";
import type { HTTPSessionOptions } from "../../modules/http/session.js";
import { FakeClock } from "../fakes/clock.js";
import { FakeResolver } from "../fakes/resolver.js";
import { FakeNetwork, type FakePeer } from "../fakes/tcp.js";
import { Random } from "../harness/random.js";

export const address = "10.0.0.1";
export const otherAddress = "10.0.0.2";

export interface Result {
	request: HTTPRequest;
	/** Statuses that the caller saw. */
	statuses: number[];
	body: string;
	/** "" while it runs, "done", or the code of the error. */
	end: string;
	error: HTTPError | undefined;
}

export class SessionBench {
	readonly clock = new FakeClock();
	readonly network = new FakeNetwork(this.clock);
	readonly session: HTTPSession;
	/** All requests that reached a server: "host path", then the header lines. */
	readonly asked: string[] = [];
	#inside = false;

	constructor(options: Partial<HTTPSessionOptions> = {}) {
		const random = new Random(1);
		this.session = new HTTPSession({
			io: this.network.TCP,
			resolver: new FakeResolver(this.clock, { h: address, other: otherAddress }),
			timer: this.clock.timer,
			ticks: this.clock.ticks,
			random: (bytes) => bytes.set(random.bytes(bytes.length)),
			...options,
		});
	}

	/** @param respond gives the whole response; nothing: none comes */
	serve(
		respond: (request: string, count: number, peer: FakePeer) => string | undefined,
		at = address,
		port = 80,
	): void {
		let count = 0;
		this.network.listen(at, port, {
			onData: (peer) => {
				if (!peer.received.endsWith("\r\n\r\n")) return;
				const request = peer.take();
				this.asked.push(request);
				const response = respond(request, count++, peer);
				if (response !== undefined) peer.send(response);
			},
		});
	}

	/** Answers from a list, the last one again and again. */
	script(responses: readonly string[], at = address, port = 80): void {
		this.serve((_, count) => responses[Math.min(count, responses.length - 1)], at, port);
	}

	get(url: string, options: Partial<SessionGetOptions> = {}): Result {
		const buffer = new Uint8Array(64);
		const note = (): void => {
			if (this.#inside) throw new Error("call-back from inside a method");
			if (result.end !== "") throw new Error("call-back after the end");
		};
		this.#inside = true;
		const request = this.session.get({
			url,
			onHeaders: (status) => {
				note();
				result.statuses.push(status);
			},
			onReadable: () => {
				note();
				for (let count = request.read(buffer); count > 0; count = request.read(buffer))
					result.body += decodeLatin1(buffer.subarray(0, count));
			},
			onDone: (error) => {
				note();
				result.error = error;
				result.end = error ? error.code : "done";
			},
			...options,
		});
		this.#inside = false;
		const result: Result = { request, statuses: [], body: "", end: "", error: undefined };
		return result;
	}

	/** As `get`, and lets an hour pass. */
	fetch(url: string, options: Partial<SessionGetOptions> = {}): Result {
		const result = this.get(url, options);
		this.clock.advance(3_600_000);
		return result;
	}

	/** Value of a header field of a request that was asked. */
	header(index: number, name: string): string | undefined {
		const request = this.asked.at(index) ?? "";
		const line = request.split("\r\n").find((item) => item.toLowerCase().startsWith(`${name.toLowerCase()}: `));
		return line?.slice(name.length + 2);
	}
}

/** @param fields header lines besides Content-Length */
export function response(status: number, fields: readonly string[] = [], body = ""): string {
	return [`HTTP/1.1 ${status} X`, ...fields, `Content-Length: ${body.length}`, "", body].join("\r\n");
}
