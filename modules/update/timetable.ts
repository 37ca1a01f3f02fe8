// SPDX-License-Identifier: Apache-2.0
//
// When the next update comes by itself: after an interval or at a time of day. The original wants one of the two, and does not say
// what happens with both: here the time of day counts, as it is the one that keeps updates out of the hours of calls, and that is told.
// Source: AudioCodes Automatic Update, "Triggers" (AutoUpdateFrequency, AutoUpdateFreqencySeconds, AutoUpdatePredefinedTime).

import type { Clock } from "../ecma419/board.js";
import type { TimerService } from "../ecma419/timer.js";
import { drawChance } from "./backoff.js";
import type { Triggered } from "./events.js";
import type { SettingsReader, UpdateContext } from "./interfaces.js";
import { Schedule, type ScheduleOptions, waitMs } from "./schedule.js";
import { type DailyTime, TimeOfDay, type TimeOfDayOptions } from "./time-of-day.js";

export interface TimetableOptions {
	/** Is told too when the settings contradict each other, once. */
	context: UpdateContext;
	updater: Triggered;
}

/** What interval and time of day ask for. */
class Ports implements ScheduleOptions, TimeOfDayOptions {
	readonly #options: TimetableOptions;
	readonly #cause: "interval" | "time-of-day";

	constructor(options: TimetableOptions, cause: "interval" | "time-of-day") {
		this.#options = options;
		this.#cause = cause;
	}

	get timer(): TimerService {
		return this.#options.context.timer;
	}

	ticks(): number {
		return this.#options.context.ticks();
	}

	now(): number | undefined {
		return timeOf(this.#options.context.board.clock);
	}

	chance(): number {
		const { board } = this.#options.context;
		return drawChance((bytes) => board.random(bytes));
	}

	onDue(): void {
		this.#options.updater.trigger(this.#cause);
	}
}

/** The floor is a time that has been, not the time. */
function timeOf(clock: Clock): number | undefined {
	return clock.source === "none" || clock.source === "floor" ? undefined : clock.now();
}

const bothSet =
	"AutoUpdatePredefinedTime and an interval (AutoUpdateFrequency, AutoUpdateFreqencySeconds) are both set: the time of day counts";

/** @returns the time of AutoUpdatePredefinedTime, `undefined` when there is none */
export function dailyTime(settings: SettingsReader): DailyTime | undefined {
	const text = settings.text("AutoUpdatePredefinedTime");
	if (!/^[0-9]{2}:[0-9]{2}$/.test(text)) return undefined;
	return {
		minute: Number(text.slice(0, 2)) * 60 + Number(text.slice(3)),
		windowMs: Number(settings.text("AutoUpdatePredefinedRandomTime")) * 1000,
		offsetMs: Number(settings.text("NTPServerUTCOffset")) * 1000,
	};
}

export class Timetable {
	readonly #options: TimetableOptions;
	readonly #ports: Ports;
	readonly #interval: Schedule;
	readonly #daily: TimeOfDay;
	/** Drawn for the wait that runs, so that settings which did not change do not begin another. */
	#chance = 0;
	#hasDaily = false;
	#problem: string | undefined;

	constructor(options: TimetableOptions) {
		this.#options = options;
		this.#ports = new Ports(options, "interval");
		this.#interval = new Schedule(this.#ports);
		this.#daily = new TimeOfDay(new Ports(options, "time-of-day"));
	}

	/** Ticks of the next update, `undefined` when none is planned. */
	get next(): number | undefined {
		const left = this.#daily.leftMs;
		return left === undefined ? this.#interval.next : this.#options.context.ticks() + left;
	}

	/** Lines for people about what is unusual. */
	get notes(): string[] {
		const notes = this.#problem === undefined ? [] : [this.#problem];
		if (this.#hasDaily && timeOf(this.#options.context.board.clock) === undefined)
			notes.push("the time of day waits for a clock: no time server has been reached yet (NTPServerIP)");
		return notes;
	}

	/** There has been a trigger: the interval counts from now. */
	triggered(): void {
		this.#chance = this.#ports.chance();
		this.read((ms) => this.#interval.arm(ms));
	}

	/** A trigger is to come, and the interval counts from it: one shorter than the spread of a start would have all come at its end. */
	awaited(): void {
		this.read(() => undefined);
	}

	/** The settings may have changed; what is the same goes on. */
	changed(): void {
		this.read((ms) => this.#interval.change(ms));
	}

	clear(): void {
		this.#interval.clear();
		this.#daily.clear();
	}

	private read(count: (ms: number) => void): void {
		const { settings, report } = this.#options.context;
		const time = dailyTime(settings);
		const ms = waitMs(settings, this.#chance);
		this.#hasDaily = time !== undefined;
		this.#daily.set(time);
		count(time === undefined ? ms : 0);
		const problem = time !== undefined && ms > 0 ? bothSet : undefined;
		if (problem !== undefined && problem !== this.#problem)
			report({ event: "notice", topic: "schedule", text: problem });
		this.#problem = problem;
	}
}
