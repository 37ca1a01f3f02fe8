// SPDX-License-Identifier: Apache-2.0
//
// When the next update comes by itself. Now: an interval, counted from the last trigger of any cause.
// Leaves out the time of day. Sources: AudioCodes Automatic Update, "Triggers" (AutoUpdateFrequency, AutoUpdateFreqencySeconds); the spread
// is ours, after RFC 5626 section 4.4, which draws each wait from the last fifth of its bound.

import type { TimerHandle, TimerService } from "../ecma419/timer.js";
import type { SettingsReader } from "./interfaces.js";

// A timer takes 31 bits of milliseconds; 65536 minutes are more.
const longestWaitMs = 24 * 3600 * 1000;

/** @returns milliseconds between updates, 0 for none; seconds win over minutes when both are set */
export function intervalMs(settings: SettingsReader): number {
	const seconds = Number(settings.text("AutoUpdateFreqencySeconds"));
	if (seconds > 0) return seconds * 1000;
	const minutes = Number(settings.text("AutoUpdateFrequency"));
	return minutes > 0 ? minutes * 60000 : 0;
}

/**
 * The wait for the next update. The interval is the longest it gets: by chance it is shorter by up to AutoUpdateFrequencySpread per cent,
 * another part each time, so that gateways whose power came back together drift apart, and stay apart.
 * @param chance 0 <= chance < 1
 * @returns milliseconds, 0 for none
 */
export function waitMs(settings: SettingsReader, chance: number): number {
	const share = Number(settings.text("AutoUpdateFrequencySpread")) / 100;
	return Math.round(intervalMs(settings) * (1 - share * chance));
}

export interface ScheduleOptions {
	readonly timer: TimerService;
	/** Monotonic milliseconds. */
	ticks(): number;
	onDue(): void;
}

export class Schedule {
	readonly #options: ScheduleOptions;
	#handle: TimerHandle | undefined;
	#dueTicks: number | undefined;
	#startTicks = 0;
	#intervalMs = 0;

	constructor(options: ScheduleOptions) {
		this.#options = options;
	}

	/** Ticks of the next update, `undefined` when none is planned. */
	get next(): number | undefined {
		return this.#dueTicks;
	}

	/** Counts `ms` from now; 0 switches the schedule off. */
	arm(ms: number): void {
		this.#startTicks = this.#options.ticks();
		this.count(ms);
	}

	/** Counts another interval from the moment of the last `arm`; does nothing when it is the same. */
	change(ms: number): void {
		if (ms !== this.#intervalMs) this.count(ms);
	}

	clear(): void {
		this.#options.timer.clear(this.#handle);
		this.#handle = undefined;
		this.#dueTicks = undefined;
	}

	private count(ms: number): void {
		this.clear();
		this.#intervalMs = ms;
		if (ms <= 0) return;
		this.#dueTicks = this.#startTicks + ms;
		this.wait(this.#dueTicks);
	}

	private wait(due: number): void {
		const left = Math.max(0, due - this.#options.ticks());
		this.#handle = this.#options.timer.set(
			() => {
				this.#handle = undefined;
				if (this.#options.ticks() < due) return this.wait(due);
				this.#dueTicks = undefined;
				this.#options.onDue();
			},
			Math.min(left, longestWaitMs),
		);
	}
}
