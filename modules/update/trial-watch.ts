// SPDX-License-Identifier: Apache-2.0
//
// The time side of a trial: settles what a start has found, confirms when a server has answered, repeats the run while none
// has, and goes back when the time is over: the records at once, firmware by a restart, after which the loader does.

import type { TimerHandle } from "../ecma419/timer.js";
import { describeError } from "./error.js";
import type { Triggered } from "./events.js";
import type { UpdateContext } from "./interfaces.js";
import type { Restarter } from "./restarter.js";
import type { Trial } from "./trial.js";
import { describeNote } from "./trial-note.js";

/** Pause between runs while a trial waits for an answer. */
const againMs = 30000;
const defaultTrialSeconds = 300;

export interface TrialWatchOptions {
	context: UpdateContext;
	trial: Trial;
	restarter: Restarter;
	updater: Triggered;
}

export class TrialWatch {
	#context: UpdateContext;
	#trial: Trial;
	#restarter: Restarter;
	#updater: Triggered;
	#end: TimerHandle | undefined;
	#repeat: TimerHandle | undefined;

	constructor(options: TrialWatchOptions) {
		this.#context = options.context;
		this.#trial = options.trial;
		this.#restarter = options.restarter;
		this.#updater = options.updater;
	}

	/** Settles what the last restart left, or goes on with the trial. */
	start(): void {
		const { finding, note } = this.#trial;
		if (finding === "pending") {
			this.stored(() => this.#trial.countStart());
			return this.begin();
		}
		if (finding === "interrupted") return this.resume();
		if (finding === "rolled-back") {
			this.stored(() => this.#trial.lose());
			return this.lost(note === undefined ? "the update" : describeNote(note));
		}
		this.stored(() => (finding === "cut" ? this.#trial.forget() : this.#trial.keep()));
	}

	/** An update without firmware has come into force, and needs no restart: it has to prove itself at once. */
	switched(): void {
		this.begin();
		if (this.#trial.pending) this.#updater.trigger("trial");
	}

	/** A server has answered completely. */
	reached(): void {
		if (this.#trial.pending) this.confirm("the provisioning server was reached");
	}

	/** A run is over. */
	ended(reached: boolean): void {
		if (!this.#trial.pending || reached || this.#repeat !== undefined) return;
		this.#repeat = this.#context.timer.set(() => {
			this.#repeat = undefined;
			this.#updater.trigger("trial");
		}, againMs);
	}

	/** Ends the trial: what runs stays. */
	confirm(reason: string): void {
		try {
			this.#trial.confirm();
		} catch (error) {
			// Unconfirmed firmware goes back at the next reset anyway; better now, while someone may be watching.
			return this.giveUp(`not confirmed: ${describeError(error).reason}`);
		}
		this.close();
		const version = this.#context.board.application.version;
		this.#context.report({ event: "verdict", result: "confirmed", version, reason });
	}

	/** Ends the trial: everything goes back, with a restart. */
	giveUp(reason: string): void {
		const { note } = this.#trial;
		this.close();
		if (note !== undefined && note.slot === undefined) {
			this.stored(() => this.#trial.lose());
			this.lost(describeNote(note));
		}
		this.#restarter.force(reason);
	}

	close(): void {
		this.#context.timer.clear(this.#end);
		this.#context.timer.clear(this.#repeat);
		this.#end = undefined;
		this.#repeat = undefined;
	}

	private begin(): void {
		const { settings, timer } = this.#context;
		if (this.#trial.note?.reachable === false) return this.confirm("it is up, and no server is left to ask");
		const seconds = Number(settings.text("AupdTrialTime"));
		this.#end = timer.set(
			() => {
				this.#end = undefined;
				this.giveUp("the provisioning server was not reached within the trial time");
			},
			1000 * (seconds > 0 ? seconds : defaultTrialSeconds),
		);
	}

	/** The power went during the trial of firmware that lies whole in the other slot: it gets another one. */
	private resume(): void {
		const { note } = this.#trial;
		if (!this.stored(() => this.#trial.resume())) return;
		const what = note === undefined ? "firmware" : describeNote(note);
		this.#restarter.force(`the power went during the trial of ${what}: it is tried again`);
	}

	/** A gateway whose store fails has to start all the same. @returns whether it was stored */
	private stored(action: () => void): boolean {
		try {
			action();
			return true;
		} catch (error) {
			const { code, reason } = describeError(error);
			this.#context.report({ event: "file", file: "store", result: "failed", code, reason });
			return false;
		}
	}

	private lost(what: string): void {
		const reason = `${what} was not confirmed; its content is not tried again`;
		const version = this.#context.board.application.version;
		this.#context.report({ event: "verdict", result: "rolled-back", version, reason });
	}
}
