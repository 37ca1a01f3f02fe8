// SPDX-License-Identifier: Apache-2.0
//
// Live values by server-sent events (WHATWG HTML, "Server-sent events"): the state of the update when it changes, new log lines, and
// memory from time to time. One stream at a time, as connections are few: the next one ends it, and so does an update, which needs the memory; its page asks
// from time to time instead. Between two looks nothing waits but a timer: the response is held.

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

/** One page that looks: what it has seen. */
class Stream {
	readonly exchange: ServerExchange;
	readonly session: Session;
	readonly body: TextBody;
	/** Why it is to end: another page has its place or its own has gone; an update has begun, and may be over by the next look. */
	ending: "full" | "busy" | undefined;
	/** Something is being sent. */
	sending = false;
	/** What was sent of the update last. */
	state = "";
	/** Number of the last log line that was sent. */
	line = 0;
	/** When the memory is due, and when something was sent last, in ticks. */
	memoryAt: number;
	sentAt: number;
	/** Of the looks; set when the first one has been taken. */
	timer: TimerHandle | undefined;

	constructor(exchange: ServerExchange, session: Session, body: TextBody, now: number) {
		this.exchange = exchange;
		this.session = session;
		this.body = body;
		this.memoryAt = this.sentAt = now;
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
		if (this.#stream === undefined) return;
		if (this.busy) this.#stream.ending ??= "busy";
		this.hurry(this.#stream);
	}

	/** Begins a stream, which goes on until the client goes, the session ends, or younger streams want the place. */
	async run(exchange: ServerExchange, session: Session): Promise<void> {
		const { timer, board } = this.#options.ports;
		if (this.#stream !== undefined) this.stop(this.#stream);
		const body = new TextBody(exchange);
		await body.begin("text/event-stream", [["X-Accel-Buffering", "no"]]);
		const stream = new Stream(exchange, session, body, board.clock.ticks());
		this.#stream = stream;
		exchange.onGone = () => this.stop(stream);
		exchange.hold();
		stream.timer = timer.set(() => this.look(stream), 0, stepMs);
	}

	private stop(stream: Stream): void {
		stream.ending ??= "full";
		this.hurry(stream);
	}

	/** In a turn of its own: whoever wakes a stream need not wait for it, nor lend it the stack. */
	private hurry({ timer, sending }: Stream): void {
		if (timer !== undefined && !sending) this.#options.ports.timer.schedule(timer, 0, stepMs);
	}

	/** Sends what is new. Where there is nothing, as most of the time, this costs no promise. */
	private look(stream: Stream): void {
		if (stream.sending) return;
		const wanted = this.wanted(stream);
		const news = wanted ? this.news(stream) : "";
		if (wanted && news === "" && stream.line === this.#options.log.last) return;
		stream.sending = true;
		void this.send(stream, news);
	}

	/** Never rejects. */
	private async send(stream: Stream, news: string): Promise<void> {
		const { body, exchange } = stream;
		let fault: unknown;
		try {
			if (this.wanted(stream)) await this.tell(stream, news);
			if (this.wanted(stream)) {
				stream.sending = false;
				return;
			}
			await body.end(`event: ${this.reason(stream)}\ndata: {}\n\n`);
		} catch (error) {
			fault = error;
		}
		this.forget(stream);
		exchange.release(fault);
	}

	private async tell(stream: Stream, news: string): Promise<void> {
		const { body } = stream;
		for (const line of this.#options.log.after(stream.line)) {
			await body.add(`event: log\ndata: ${JSON.stringify(line)}\n\n`);
			stream.line = line.number;
		}
		await body.add(news);
		await body.flush();
	}

	private forget(stream: Stream): void {
		this.#options.ports.timer.clear(stream.timer);
		stream.timer = undefined;
		stream.exchange.onGone = undefined;
		if (this.#stream === stream) this.#stream = undefined;
	}

	private wanted({ ending, session }: Stream): boolean {
		return ending === undefined && !this.busy && this.#options.sessions.has(session);
	}

	/** Why it ends: the session is over, an update works, another page has the stream. */
	private reason({ session, ending }: Stream): string {
		if (!this.#options.sessions.has(session)) return "bye";
		return ending ?? "busy";
	}

	/** An update has the memory. */
	private get busy(): boolean {
		return this.#options.ports.update.status().phase !== "idle";
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
