// SPDX-License-Identifier: Apache-2.0
//
// Which topics are looked at, and no more lines of each than a serial line can carry: a flood of messages must not become one of lines.
// What is on is kept in memory only. A topic that is off costs an object of two fields.
//
//	off -- set(true) --> open -- room used up --> full (lines are counted) -- pauseMs later: how many were left out --> open

import type { TimerHandle, TimerService } from "../ecma419/timer.js";
import type { DebugPort } from "./port.js";

export interface DebugOptions {
	timer: TimerService;
	/** Monotonic milliseconds. */
	ticks: () => number;
	/** Takes a line: `sip < NOTIFY ...`. */
	print: (line: string) => void;
}

export const debugLimits = Object.freeze({
	/** Lines of a topic that come at once. */
	atOnce: 80,
	/** Lines of a topic in a second, in the long run. */
	aSecond: 40,
	/** How long nothing more of a topic is shown when there was too much. */
	pauseMs: 1000,
	/** Characters of a line; the rest is cut. */
	characters: 240,
});

/** A topic that is on. */
class Tap {
	readonly #options: DebugOptions;
	readonly #topic: string;
	#room: number = debugLimits.atOnce;
	#seen: number;
	#left = 0;
	#pause: TimerHandle | undefined;

	constructor(options: DebugOptions, topic: string) {
		this.#options = options;
		this.#topic = topic;
		this.#seen = options.ticks();
	}

	/** Whether a line may come now; one that may not is counted. */
	get open(): boolean {
		if (this.#pause === undefined) return true;
		this.#left++;
		return false;
	}

	readonly take = (text: string): void => {
		if (!this.open) return;
		const { ticks, timer, print } = this.#options;
		const now = ticks();
		this.#room = Math.min(debugLimits.atOnce, this.#room + ((now - this.#seen) * debugLimits.aSecond) / 1000);
		this.#seen = now;
		if (this.#room < 1) {
			this.#left++;
			this.#pause = timer.set(() => this.resume(), debugLimits.pauseMs);
			return;
		}
		this.#room--;
		const line = `${this.#topic} ${text}`;
		print(line.length > debugLimits.characters ? `${line.slice(0, debugLimits.characters)}...` : line);
	};

	close(): void {
		this.#options.timer.clear(this.#pause);
		this.#pause = undefined;
	}

	private resume(): void {
		this.#pause = undefined;
		const left = this.#left;
		this.#left = 0;
		this.#options.print(`${this.#topic} (${left} or more lines left out)`);
	}
}

/** One topic, as its module sees it. */
class Topic implements DebugPort {
	readonly name: string;
	tap: Tap | undefined;

	constructor(name: string) {
		this.name = name;
	}

	get line(): ((text: string) => void) | undefined {
		return this.tap?.open === true ? this.tap.take : undefined;
	}
}

export class Debug {
	readonly #options: DebugOptions;
	readonly #topics: readonly Topic[];

	/** @param topics names, all off */
	constructor(topics: readonly string[], options: DebugOptions) {
		this.#options = options;
		this.#topics = topics.map((name) => new Topic(name));
	}

	/** Names with whether each is on. */
	*topics(): Iterable<{ name: string; on: boolean }> {
		for (const { name, tap } of this.#topics) yield { name, on: tap !== undefined };
	}

	/** @throws RangeError for a name that is none of the topics */
	port(name: string): DebugPort {
		return this.find(name);
	}

	/** @throws RangeError as `port` */
	set(name: string, on: boolean): void {
		const topic = this.find(name);
		if (on) topic.tap ??= new Tap(this.#options, name);
		else {
			topic.tap?.close();
			topic.tap = undefined;
		}
	}

	private find(name: string): Topic {
		const topic = this.#topics.find((known) => known.name === name);
		if (topic === undefined) throw new RangeError("no such topic");
		return topic;
	}
}
