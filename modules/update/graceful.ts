// SPDX-License-Identifier: Apache-2.0
//
// Waiting for idle lines before calls would be cut: new calls are refused meanwhile, and at the end of the time those that are
// left are cut. How long, AdminStateLockControl says: 0 not at all, -1 without limit, else seconds.
// Source: AudioCodes Automatic Update, AupdGracefulShutdown; AC-SYSTEM-MIB, acSysActionAdminStateLockTimeout.
//
//   wait() --idle, time over, patience 0--> then() | cancel()

import type { TimerHandle } from "../ecma419/timer.js";
import type { UpdateContext } from "./interfaces.js";

/** Longest wait of one timer, milliseconds: it takes 31 bits. */
const longestWaitMs = 24 * 3600 * 1000;

/** One wait at a time; who has locked the lines has to unlock them, unless a restart follows. */
export class GracefulWait {
	readonly #context: UpdateContext;
	#timer: TimerHandle | undefined;
	#waiting = false;
	/** Locked from here: whoever else has locked the lines unlocks them himself. */
	#locked = false;

	constructor(context: UpdateContext) {
		this.#context = context;
	}

	/** Lines have been locked, and calls have not ended. */
	get waiting(): boolean {
		return this.#waiting;
	}

	/**
	 * Locks the lines and waits.
	 * @param what is about to happen, for people
	 * @param then called once, at the earliest from within; the lines are still locked
	 */
	wait(what: string, then: () => void): void {
		const { lines, settings } = this.#context;
		if (lines === undefined) return then();
		const seconds = Number(settings.text("AdminStateLockControl"));
		if (!lines.locked) {
			lines.lock();
			this.#locked = true;
		}
		if (lines.busy === 0) return then();
		if (seconds === 0) return this.end(`${what} cuts calls: AdminStateLockControl = 0`, then);
		this.#waiting = true;
		const limit = seconds > 0 ? `${seconds} s at most` : "without limit";
		this.report("locked", `${what} waits for calls to end, ${limit}`);
		lines.onIdle = () => this.end(undefined, then);
		if (seconds > 0) this.count(seconds * 1000, () => this.end(`${what} cuts calls: the time is over`, then));
	}

	/** The wait ends without a call-back, and new calls are taken again. */
	cancel(): void {
		this.clear();
		this.unlock();
	}

	/** What was waited for has been done, and no restart follows. */
	unlock(): void {
		if (this.#locked) this.#context.lines?.unlock();
		this.#locked = false;
	}

	private end(cut: string | undefined, then: () => void): void {
		const waited = this.#waiting;
		this.clear();
		if (cut !== undefined) this.report("cut", cut);
		else if (waited) this.report("idle", "no line is in a call any more");
		then();
	}

	private clear(): void {
		const { lines, timer } = this.#context;
		timer.clear(this.#timer);
		this.#timer = undefined;
		this.#waiting = false;
		if (lines !== undefined) lines.onIdle = undefined;
	}

	private count(ms: number, then: () => void): void {
		const step = Math.min(ms, longestWaitMs);
		this.#timer = this.#context.timer.set(() => {
			this.#timer = undefined;
			if (ms > step) this.count(ms - step, then);
			else then();
		}, step);
	}

	private report(state: "locked" | "idle" | "cut", reason: string): void {
		this.#context.report({ event: "lines", state, busy: this.#context.lines?.busy ?? 0, reason });
	}
}
