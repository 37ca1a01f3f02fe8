// SPDX-License-Identifier: Apache-2.0
//
// The time side of a trial: begins it at start, confirms it when a server has answered, repeats the run while none has,
// and restarts when the time is over, so that the loader goes back.

import type { TimerHandle } from "../ecma419/timer.js";
import { describeError } from "./error.js";
import type { UpdateContext } from "./interfaces.js";
import { commitOrReport } from "./records.js";
import type { Restarter } from "./restarter.js";
import type { Trial } from "./trial.js";

/** Pause between runs while a trial waits for an answer. */
const againMs = 30000;
const defaultTrialSeconds = 300;

export interface TrialWatchOptions {
	context: UpdateContext;
	trial: Trial;
	restarter: Restarter;
	/** Asks for another run. */
	again: () => void;
}

export class TrialWatch {
	#context: UpdateContext;
	#trial: Trial;
	#restarter: Restarter;
	#again: () => void;
	#end: TimerHandle | undefined;
	#repeat: TimerHandle | undefined;

	constructor(options: TrialWatchOptions) {
		this.#context = options.context;
		this.#trial = options.trial;
		this.#restarter = options.restarter;
		this.#again = options.again;
	}

	/** Settles what the last restart left, or begins the trial. */
	start(): void {
		const finding = this.#trial.examine();
		if (finding.kind === "pending") return this.#begin();
		if (finding.kind === "none") return;
		const { note } = finding;
		commitOrReport(this.#context, this.#trial.settle(finding));
		if (finding.kind === "cut") return;
		const reason = `version ${note.version} was not confirmed; its content is not tried again`;
		const version = this.#context.board.application.version;
		this.#context.report({ event: "verdict", result: "rolled-back", version, reason });
	}

	/** A server has answered completely. */
	reached(): void {
		if (this.#trial.pending) this.#confirm("the provisioning server was reached");
	}

	/** A run is over. */
	ended(reached: boolean): void {
		if (!this.#trial.pending || reached || this.#repeat !== undefined) return;
		this.#repeat = this.#context.timer.set(() => {
			this.#repeat = undefined;
			this.#again();
		}, againMs);
	}

	close(): void {
		this.#context.timer.clear(this.#end);
		this.#context.timer.clear(this.#repeat);
		this.#end = undefined;
		this.#repeat = undefined;
	}

	#begin(): void {
		const { settings, timer } = this.#context;
		if (!this.#trial.provable) return this.#confirm("it is up, and no server is left to ask");
		const seconds = Number(settings.text("AupdTrialTime"));
		this.#end = timer.set(
			() => {
				this.#end = undefined;
				this.#giveUp("the provisioning server was not reached within the trial time");
			},
			1000 * (seconds > 0 ? seconds : defaultTrialSeconds),
		);
	}

	#confirm(reason: string): void {
		try {
			this.#trial.confirm();
		} catch (error) {
			// Unconfirmed firmware goes back at the next reset anyway; better now, while someone may be watching.
			return this.#giveUp(`not confirmed: ${describeError(error).reason}`);
		}
		this.close();
		const version = this.#context.board.application.version;
		this.#context.report({ event: "verdict", result: "confirmed", version, reason });
	}

	#giveUp(reason: string): void {
		this.close();
		this.#restarter.force(reason);
	}
}
