// SPDX-License-Identifier: Apache-2.0
//
// A program that crashes in the update of its start would crash at each start. So starts after a crash (panic, watchdog,
// exception, memory full) are counted until a run has ended, and from the second one on the updates that come by themselves wait,
// longer each time; console and listeners are up meanwhile, and their triggers are taken.
// A start that does not follow a crash writes nothing. Leaves out what is on trial: that goes back instead (trial.ts).

import { encodeUTF8 } from "../bytes/text.js";
import type { ResetReason } from "../ecma419/board.js";
import type { TimerHandle } from "../ecma419/timer.js";
import type { UpdateContext } from "./interfaces.js";
import { commitOrReport, readText } from "./records.js";

/** Store record: starts after a crash since a run last ended, in digits. */
const crashRecord = "upd.crashes";

/** Seconds to wait after the first crash, the second...; the last one for all that follow. */
const waitSeconds: readonly number[] = Object.freeze([0, 30, 120, 480, 1920, 3600]);

/** Resets that the program itself is to blame for. */
export function isCrash(reason: ResetReason): boolean {
	return reason === "panic" || reason === "watchdog";
}

export class CrashWatch {
	readonly #context: UpdateContext;
	readonly #updater: { begin(): void };
	#count: number;
	#due: number | undefined;
	#timer: TimerHandle | undefined;

	/** @param options.updater begins what comes by itself */
	constructor(options: { context: UpdateContext; updater: { begin(): void } }) {
		this.#context = options.context;
		this.#updater = options.updater;
		const text = readText(options.context.store, crashRecord) ?? "";
		this.#count = /^[0-9]$/.test(text) ? Number(text) : 0;
	}

	/** Starts after a crash since a run last ended; counted up to the longest wait. */
	get count(): number {
		return this.#count;
	}

	/** Ticks at which what waits begins; `undefined` when nothing waits. */
	get due(): number | undefined {
		return this.#due;
	}

	/**
	 * Counts this start, and begins now or later. To be called once.
	 * @param urgent something is on trial, which must not run out of time and ends by itself
	 */
	start(urgent: boolean): void {
		const { board, timer } = this.#context;
		// After a reset by hand or of the power somebody is there, or something has changed.
		const waitMs = isCrash(board.resetReason) ? this.crashed() : 0;
		if (waitMs === 0 || urgent) return this.#updater.begin();
		this.#context.report({ event: "crashes", count: this.#count, waitMs });
		this.#due = board.clock.ticks() + waitMs;
		this.#timer = timer.set(() => {
			this.#timer = undefined;
			this.#due = undefined;
			this.#updater.begin();
		}, waitMs);
	}

	/** A run is over, however: the program can do what it crashed at. */
	ended(): void {
		if (this.#count > 0 && commitOrReport(this.#context, [{ name: crashRecord }])) this.#count = 0;
	}

	/** Nothing waits any more: a run begins for another reason, or the program ends. */
	close(): void {
		this.#context.timer.clear(this.#timer);
		this.#timer = undefined;
		this.#due = undefined;
	}

	/** @returns milliseconds to wait */
	private crashed(): number {
		const count = Math.min(this.#count + 1, waitSeconds.length);
		const change = { name: crashRecord, value: encodeUTF8(String(count)) };
		const counted = count === this.#count || commitOrReport(this.#context, [change]);
		// A store that takes nothing cannot count: then each crash is taken for a second one.
		this.#count = counted ? count : Math.max(count, 2);
		return waitSeconds[this.#count - 1] * 1000;
	}
}
