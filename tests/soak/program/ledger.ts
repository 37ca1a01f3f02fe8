// SPDX-License-Identifier: Apache-2.0
//
// What a gateway holds of its host: every timer, socket and flash handle it has opened and not given back. A reset ends them all, as
// the end of a process does. No call-back reaches a gateway that was reset.

import type { TimerHandle, TimerService } from "upgate/ecma419/timer";

export type Kind = "accepted" | "flash" | "listener" | "resolver" | "serial" | "tcp" | "timer" | "udp";

interface Closable {
	close(): void;
}

type Constructor<O, T> = new (options: O) => T;
type Callback = (this: unknown, ...values: unknown[]) => unknown;

export class Ledger {
	/** False once the gateway was reset. */
	alive = true;
	/** A list, as tables of the engine may stay as large as they once were. */
	#held: { handle: object; kind: Kind; end: () => void }[] = [];
	readonly #onException: (error: unknown) => void;

	constructor(onException: (error: unknown) => void) {
		this.#onException = onException;
	}

	add(kind: Kind, handle: object, end: () => void): void {
		this.#held.push({ handle, kind, end });
	}

	remove(handle: object): void {
		const index = this.#held.findIndex((held) => held.handle === handle);
		if (index >= 0) this.#held.splice(index, 1);
	}

	count(kind: Kind): number {
		return this.#held.filter((held) => held.kind === kind).length;
	}

	/** Ends everything. */
	reset(): void {
		this.alive = false;
		for (const { end } of this.#held.splice(0)) end();
	}

	/** A call-back that does nothing after the reset, and whose exceptions are told. */
	guard<F>(callback: F): F {
		if (typeof callback !== "function") return callback;
		// eslint-disable-next-line @typescript-eslint/no-this-alias
		const ledger = this;
		return function (this: unknown, ...values: unknown[]): unknown {
			if (!ledger.alive) return undefined;
			try {
				return (callback as unknown as Callback).apply(this, values);
			} catch (error) {
				ledger.#onException(error);
				return undefined;
			}
		} as unknown as F;
	}

	/** A handle with a `close` that gives it back. */
	track(kind: Kind, handle: Closable): void {
		const { close } = handle;
		this.add(kind, handle, () => close.call(handle));
		Object.defineProperty(handle, "close", {
			value: () => {
				this.remove(handle);
				close.call(handle);
			},
		});
	}

	/** The class, each of whose objects stands in the ledger. @param onMade sees each */
	trackClass<O extends object, T extends Closable>(
		kind: Kind,
		Class: Constructor<O, T>,
		onMade?: (made: T) => void,
	): Constructor<O, T> {
		// eslint-disable-next-line @typescript-eslint/no-this-alias
		const ledger = this;
		return function (options: O): T {
			const guarded = { ...options } as Record<string, unknown>;
			for (const name of Object.keys(guarded)) if (name.startsWith("on")) guarded[name] = ledger.guard(guarded[name]);
			const made = new Class(guarded as unknown as O);
			// An accepted connection is taken over.
			if (guarded.from instanceof Object) ledger.remove(guarded.from);
			ledger.track(kind, made);
			onMade?.(made);
			return made;
		} as unknown as Constructor<O, T>;
	}

	/** The timers, each in the ledger until it has run out. Some call back a thousand times a round: no more is done than must be. */
	timers(service: TimerService): TimerService {
		const make = (
			callback: (timer: TimerHandle) => void,
			repeat: number,
			start: (guarded: (timer: TimerHandle) => void) => TimerHandle,
		): TimerHandle => {
			const made = start((handle) => {
				if (!this.alive) return;
				if (repeat <= 0) this.remove(handle);
				try {
					callback(handle);
				} catch (error) {
					this.#onException(error);
				}
			});
			this.add("timer", made, () => service.clear(made));
			return made;
		};
		return {
			set: (callback, interval, repeat = 0) =>
				make(callback, repeat, (guarded) => service.set(guarded, interval, repeat)),
			repeat: (callback, interval) => make(callback, interval, (guarded) => service.repeat(guarded, interval)),
			schedule: (handle, interval, repeat) => {
				service.schedule(handle, interval, repeat);
				this.remove(handle);
				this.add("timer", handle, () => service.clear(handle));
			},
			clear: (handle) => {
				if (handle !== undefined && handle !== null) this.remove(handle);
				service.clear(handle);
			},
		};
	}
}
