// SPDX-License-Identifier: Apache-2.0
//
// The `timer` module of the Moddable SDK on Linux. Times are milliseconds.
// Source: Moddable SDK 8.2.3, typings/timer.d.ts, modules/base/timer.

import type { TimerHandle } from "../../../modules/ecma419/timer.js";

export default class Timer {
	static set(callback: (timer: TimerHandle) => void, interval?: number, repeat?: number): TimerHandle {
		return native("xs_timer_set").call(this, callback, interval, repeat);
	}
	static repeat(callback: (timer: TimerHandle) => void, interval: number): TimerHandle {
		return native("xs_timer_repeat").call(this, callback, interval);
	}
	static schedule(timer: TimerHandle, interval?: number, repeat?: number): void {
		return native("xs_timer_schedule").call(this, timer, interval, repeat);
	}
	static clear(timer: TimerHandle | undefined | null): void {
		return native("xs_timer_clear").call(this, timer);
	}
	static delay(milliseconds: number): void {
		return native("xs_timer_delay").call(this, milliseconds);
	}
}
