// SPDX-License-Identifier: Apache-2.0
//
// Live values by server-sent events (WHATWG HTML, "Server-sent events"): the state of the update when it changes, new log lines, and
// memory from time to time. One stream at a time, as connections are few: the next one ends it, and so does an update, which needs the memory; its page asks
// from time to time instead.

import type { TimerHandle } from "../ecma419/timer.js";
import type { ServerExchange } from "../http-server/options.js";
import type { LogRing } from "../trace/log-ring.js";
import type { WebPorts } from "./ports.js";
import { TextBody } from "./reply.js";
import type { Session, Sessions } from "./sessions.js";
import { describeMemory, describeUpdate } from "./status.js";

/** How often the state is looked at. */
const stepMs = 500;
const memoryMs = 4000;
/** Something must go over the line now and then, or routers forget the connection. */
const quietMs = 15_000;

export interface LiveOptions {
	ports: WebPorts;
	sessions: Sessions;
	log: LogRing;
}

interface Stream {
	session: Session;
	stopped: boolean;
	wake: () => void;
}

export class Live {
	readonly #options: LiveOptions;
	#stream: Stream | undefined;

	constructor(options: LiveOptions) {
		this.#options = options;
	}

	/** There is something new. */
	wake(): void {
		this.#stream?.wake();
	}

	/** Sends until the client goes, the session ends, or younger streams want the place. */
	async run(exchange: ServerExchange, session: Session): Promise<void> {
		if (this.#stream !== undefined) this.#stop(this.#stream);
		const stream: Stream = { session, stopped: false, wake: () => undefined };
		this.#stream = stream;
		exchange.onGone = () => this.#stop(stream);
		try {
			const body = await TextBody.begin(exchange, "text/event-stream", [["X-Accel-Buffering", "no"]]);
			await this.#send(stream, body);
			await body.end(`event: ${this.#reason(stream)}\ndata: {}\n\n`);
		} finally {
			exchange.onGone = undefined;
			if (this.#stream === stream) this.#stream = undefined;
		}
	}

	/** Why it ends: the session is over, an update works, another page has the stream. */
	#reason({ session, stopped }: Stream): string {
		if (!this.#options.sessions.has(session)) return "bye";
		return stopped ? "full" : "busy";
	}

	/** An update has the memory. */
	get #busy(): boolean {
		return this.#options.ports.update.status().phase !== "idle";
	}

	#stop(stream: Stream): void {
		stream.stopped = true;
		stream.wake();
	}

	async #send(stream: Stream, body: TextBody): Promise<void> {
		const { ports, sessions, log } = this.#options;
		const { clock } = ports.board;
		let state = "";
		let last = 0;
		let memoryAt = clock.ticks();
		let sentAt = clock.ticks();
		while (!stream.stopped && !this.#busy && sessions.has(stream.session)) {
			const next = JSON.stringify(describeUpdate(ports));
			let text = next === state ? "" : `event: update\ndata: ${next}\n\n`;
			state = next;
			if (clock.ticks() >= memoryAt) {
				text += `event: memory\ndata: ${JSON.stringify(describeMemory(ports.board))}\n\n`;
				memoryAt = clock.ticks() + memoryMs;
			}
			for (const line of log.after(last)) {
				await body.add(`event: log\ndata: ${JSON.stringify(line)}\n\n`);
				last = line.number;
			}
			if (text === "" && clock.ticks() - sentAt >= quietMs) text = ":\n\n";
			if (text !== "") sentAt = clock.ticks();
			await body.add(text);
			await body.flush();
			if (!stream.stopped) await this.#pause(stream);
		}
	}

	#pause(stream: Stream): Promise<void> {
		const { timer } = this.#options.ports;
		return new Promise((resolve) => {
			let handle: TimerHandle | undefined;
			const go = (): void => {
				stream.wake = () => undefined;
				timer.clear(handle);
				handle = undefined;
				resolve();
			};
			handle = timer.set(() => {
				handle = undefined;
				go();
			}, stepMs);
			stream.wake = go;
		});
	}
}
