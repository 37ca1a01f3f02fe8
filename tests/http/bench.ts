// SPDX-License-Identifier: Apache-2.0
//
// A client on the virtual clock with a scripted network, and a recorder of what each request reports.

import { decodeLatin1 } from "../../modules/bytes/text.js";
import { HTTPClient, type HTTPClientOptions, type HTTPError, type HTTPRequest } from "../../modules/http/client.js";
import type { GetOptions } from "../../modules/http/client.js";
import { FakeClock } from "../fakes/clock.js";
import { FakeResolver } from "../fakes/resolver.js";
import { FakeNetwork, type FakePeer } from "../fakes/tcp.js";

export const address = "10.0.0.1";

export interface Recorder {
	readonly request: HTTPRequest;
	/** In order: "headers 200", "readable", "done" or "done HTTP_...". */
	readonly events: string[];
	body: string;
	error: HTTPError | undefined;
	/** "done" or the code of the error, once it is over. */
	result: string | undefined;
}

export interface RecorderOptions extends Partial<GetOptions> {
	/** Size of the buffer that is read into; 0: nothing is read. */
	bufferBytes?: number;
}

export class Bench {
	readonly clock = new FakeClock();
	readonly network = new FakeNetwork(this.clock);
	readonly resolver = new FakeResolver(this.clock, { h: address, other: "10.0.0.2", third: "10.0.0.3", mute: "never" });
	readonly client: HTTPClient;
	/** Above 0 while a method of the module runs: no call-back may come. */
	inside = 0;

	constructor(options: Partial<HTTPClientOptions> = {}) {
		this.client = new HTTPClient({
			io: this.network.TCP,
			resolver: this.resolver,
			timer: this.clock.timer,
			ticks: this.clock.ticks,
			...options,
		});
	}

	/** A server that calls back with each whole request. */
	serve(respond: (peer: FakePeer, request: string, count: number) => void, at = address, port = 80): void {
		let count = 0;
		this.network.listen(at, port, {
			onData(peer) {
				if (peer.received.endsWith("\r\n\r\n")) respond(peer, peer.take(), count++);
			},
		});
	}

	get(url: string, options: RecorderOptions = {}): Recorder {
		const buffer = new Uint8Array(options.bufferBytes ?? 4096);
		const events: string[] = [];
		const note = (event: string): void => {
			if (this.inside > 0) throw new Error(`${event} from inside a method`);
			if (recorder.result !== undefined) throw new Error(`${event} after the end`);
			if (events[events.length - 1] !== event) events.push(event);
		};
		const request = this.call(() =>
			this.client.get({
				url,
				onHeaders: (status) => note(`headers ${status}`),
				onReadable: () => {
					note("readable");
					if (buffer.length > 0) this.drain(recorder, buffer);
				},
				onDone: (error) => {
					note(error ? `done ${error.code}` : "done");
					recorder.error = error;
					recorder.result = error ? error.code : "done";
				},
				...options,
			}),
		);
		const recorder: Recorder = { request, events, body: "", error: undefined, result: undefined };
		return recorder;
	}

	/** Reads until nothing is left. */
	drain(recorder: Recorder, buffer: Uint8Array): void {
		for (;;) {
			const count = this.call(() => recorder.request.read(buffer));
			if (count === 0) return;
			recorder.body += decodeLatin1(buffer.subarray(0, count));
		}
	}

	call<T>(method: () => T): T {
		this.inside++;
		try {
			return method();
		} finally {
			this.inside--;
		}
	}
}

export function plain(body: string, more = ""): string {
	return `HTTP/1.1 200 OK\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
}

export function chunked(body: string, size: number): string {
	let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
	for (let at = 0; at < body.length; at += size) {
		const piece = body.slice(at, at + size);
		text += `${piece.length.toString(16)};x\r\n${piece}\r\n`;
	}
	return `${text}0\r\nX-T: 1\r\n\r\n`;
}

export function letters(count: number): string {
	const alphabet = "abcdefghijklmnopqrstuvwxy";
	return alphabet.repeat(Math.ceil(count / alphabet.length)).slice(0, count);
}
