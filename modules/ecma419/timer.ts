// SPDX-License-Identifier: Apache-2.0
//
// The static methods of the Moddable SDK's `timer` module. Times are milliseconds.
// Source: Moddable SDK 8.2.3, typings/timer.d.ts, modules/base/timer.

/** Opaque timer. */
export type TimerHandle = object;

export interface TimerService {
	/** Calls back once after `interval` ms (default 0), then every `repeat` ms when given. */
	set(callback: (timer: TimerHandle) => void, interval?: number, repeat?: number): TimerHandle;
	repeat(callback: (timer: TimerHandle) => void, interval: number): TimerHandle;
	schedule(timer: TimerHandle, interval?: number, repeat?: number): void;
	/** Clearing `undefined` or `null` is allowed; clearing twice throws. */
	clear(timer: TimerHandle | undefined | null): void;
}
