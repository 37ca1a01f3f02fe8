// SPDX-License-Identifier: Apache-2.0
//
// Live values by server-sent events (WHATWG HTML, "Server-sent events"): the state of the update when it changes, new log lines, and
// memory from time to time. One stream at a time, as connections are few: the next one ends it, and so does an update, which needs the memory; its page asks
// from time to time instead.

import type { TimerHandle, TimerService } from "../ecma419/timer.js";
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

/** One page that looks: what it has seen, and its pauses. */
class Stream {
	readonly session: Session;
	readonly #timer: TimerService;
	stopped = false;
	/** What was sent of the update last. */
	state = "";
	/** Number of the last log line that was sent. */
	line = 0;
	/** When the memory is due, and when something was sent last, in ticks. */
	memoryAt: number;
	sentAt: number;
	#pause: TimerHandle | undefined;
	#resume: (() => void) | undefined;

	constructor(session: Session, timer: TimerService, now: number) {
		this.session = session;
		this.#timer = timer;
		this.memoryAt = this.sentAt = now;
	}

	/** Until there may be something new. */
	pause(): Promise<void> {
		this.#pause = this.#timer.set(() => {
			this.#pause = undefined;
			this.wake();
		}, stepMs);
		return new Promise((resolve) => {
			this.#resume = resolve;
		});
	}

	wake(): void {
		this.#timer.clear(this.#pause);
		this.#pause = undefined;
		const resume = this.#resume;
		this.#resume = undefined;
		resume?.();
	}
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

	/** Sends until the client goes, the session ends, or younger streams want the place. All in one function: each that waits takes memory. */
	async run(exchange: ServerExchange, session: Session): Promise<void> {
		if (this.#stream !== undefined) this.stop(this.#stream);
		const { ports, log } = this.#options;
		const stream = new Stream(session, ports.timer, ports.board.clock.ticks());
		this.#stream = stream;
		exchange.onGone = () => this.stop(stream);
		try {
			const body = new TextBody(exchange);
			await body.begin("text/event-stream", [["X-Accel-Buffering", "no"]]);
			while (this.wanted(stream)) {
				for (const line of log.after(stream.line)) {
					await body.add(`event: log\ndata: ${JSON.stringify(line)}\n\n`);
					stream.line = line.number;
				}
				await body.add(this.news(stream));
				await body.flush();
				if (!stream.stopped) await stream.pause();
			}
			await body.end(`event: ${this.reason(stream)}\ndata: {}\n\n`);
		} finally {
			exchange.onGone = undefined;
			if (this.#stream === stream) this.#stream = undefined;
		}
	}

	private wanted({ stopped, session }: Stream): boolean {
		return !stopped && !this.busy && this.#options.sessions.has(session);
	}

	/** Why it ends: the session is over, an update works, another page has the stream. */
	private reason({ session, stopped }: Stream): string {
		if (!this.#options.sessions.has(session)) return "bye";
		return stopped ? "full" : "busy";
	}

	/** An update has the memory. */
	private get busy(): boolean {
		return this.#options.ports.update.status().phase !== "idle";
	}

	private stop(stream: Stream): void {
		stream.stopped = true;
		stream.wake();
	}

	/** What has changed beside the log; a sign of life where nothing has for long. */
	private news(stream: Stream): string {
		const { ports } = this.#options;
		const now = ports.board.clock.ticks();
		const state = JSON.stringify(describeUpdate(ports));
		let text = state === stream.state ? "" : `event: update\ndata: ${state}\n\n`;
		stream.state = state;
		if (now >= stream.memoryAt) {
			text += `event: memory\ndata: ${JSON.stringify(describeMemory(ports.board))}\n\n`;
			stream.memoryAt = now + memoryMs;
		}
		if (text === "" && now - stream.sentAt >= quietMs) text = ":\n\n";
		if (text !== "") stream.sentAt = now;
		return text;
	}
}
