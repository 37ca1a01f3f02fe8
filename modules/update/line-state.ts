// SPDX-License-Identifier: Apache-2.0
//
// Whether lines are in a call, and the lock that refuses new ones: what an update asks of the voice part before it cuts calls.
// There is no voice part here, so `LineStandIn` takes its place: a number of busy lines that tests and the console set.
// Source: AC-SYSTEM-MIB, acSysActionAdminState; AudioCodes Automatic Update, "graceful" (AupdGracefulShutdown).

/** The voice part, as the update sees it. */
export interface LineStatePort {
	/** Lines in a call. */
	readonly busy: number;
	/** New calls are refused. */
	readonly locked: boolean;
	/** From now on new calls are refused; those that are on go on. Harmless when locked. */
	lock(): void;
	/** New calls are taken again. Harmless when unlocked. */
	unlock(): void;
	/** Told when the last busy line has become idle, in a turn of its own or from within what made it idle. */
	onIdle: (() => void) | undefined;
}

/** A voice part without voice. */
export class LineStandIn implements LineStatePort {
	onIdle: (() => void) | undefined;
	#busy = 0;
	#locked = false;

	get busy(): number {
		return this.#busy;
	}

	get locked(): boolean {
		return this.#locked;
	}

	lock(): void {
		this.#locked = true;
	}

	unlock(): void {
		this.#locked = false;
	}

	/**
	 * So many lines are in a call from now on. While locked calls only end.
	 * @param count whole number, 0 or more
	 * @returns whether it was taken; more calls than now are refused while locked
	 */
	set(count: number): boolean {
		if (this.#locked && count > this.#busy) return false;
		const ended = this.#busy > 0 && count === 0;
		this.#busy = count;
		if (ended) this.onIdle?.();
		return true;
	}
}
