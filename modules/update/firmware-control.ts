// SPDX-License-Identifier: Apache-2.0
//
// The boot choice by hand: to the firmware in the other slot and back, and the end of a trial. The other slot is started only
// when its whole image is in order and signed by someone trusted, and on trial, as new firmware is: so the slot that runs
// stays what the loader falls back to. Settings and certificates stay as they are.
// Source: ESP-IDF, "App rollback".

import { describeError, UpdateError } from "./error.js";
import type { UpdateContext } from "./interfaces.js";
import { canAskAgain } from "./provided.js";
import type { Restarter } from "./restarter.js";
import { checkImage, identifyImage } from "./slot-image.js";
import { idleSlot } from "./slots.js";
import type { Trial } from "./trial.js";
import type { TrialWatch } from "./trial-watch.js";

export interface FirmwareControlOptions {
	context: UpdateContext;
	trial: Trial;
	watch: TrialWatch;
	restarter: Restarter;
	/** Busy: an update runs, or a restart is on its way. */
	updater: { readonly busy: boolean };
}

type Action = "switch" | "rollback";

export class FirmwareControl {
	readonly #options: FirmwareControlOptions;
	#checking = false;

	constructor(options: FirmwareControlOptions) {
		this.#options = options;
	}

	/**
	 * Checks the firmware in the other slot, then restarts into it, on trial. What comes of it is told as event `firmware`.
	 * @throws UpdateError UPDATE_BUSY, UPDATE_ON_TRIAL
	 */
	switch(): void {
		this.refuseTrial();
		this.begin("switch");
	}

	/**
	 * Ends the trial of what runs: it stays.
	 * @throws UpdateError UPDATE_NO_TRIAL
	 */
	confirm(): void {
		const { trial, watch } = this.#options;
		if (!trial.pending) throw new UpdateError("UPDATE_NO_TRIAL", "nothing is on trial");
		watch.confirm("confirmed by hand");
	}

	/**
	 * Goes back: what is on trial is barred and given up; confirmed firmware gives way to the one before it, as by `switch`.
	 * In both cases it is not installed again until the server offers another.
	 * @throws UpdateError UPDATE_BUSY, UPDATE_NO_FALLBACK; FlashError OTADATA_NO_FALLBACK
	 */
	rollback(): void {
		const { trial, watch, context } = this.#options;
		if (trial.pending) {
			trial.bar();
			return watch.giveUp("rolled back by hand");
		}
		const slot = idleSlot(context.board);
		if (trial.stateOf(slot) !== "VALID") {
			throw new UpdateError("UPDATE_NO_FALLBACK", `slot ${slot} holds no firmware that was confirmed`);
		}
		this.begin("rollback");
	}

	/** For who else wants the other slot. @throws UpdateError UPDATE_BUSY, UPDATE_ON_TRIAL */
	refuseUse(): void {
		if (this.#checking) throw new UpdateError("UPDATE_BUSY", "the other slot is being checked");
		this.refuseTrial();
	}

	private refuseTrial(): void {
		if (this.#options.trial.pending) throw new UpdateError("UPDATE_ON_TRIAL", "what runs is not confirmed yet");
	}

	/** The other slot belongs to the update while one runs. */
	private refuseBusy(): void {
		if (this.#options.updater.busy) throw new UpdateError("UPDATE_BUSY", "an update or a restart is on its way");
		this.refuseTrial();
	}

	private begin(action: Action): void {
		this.refuseUse();
		this.refuseBusy();
		this.#checking = true;
		void this.change(action);
	}

	/** Never rejects. */
	private async change(action: Action): Promise<void> {
		const { context, restarter } = this.#options;
		const slot = idleSlot(context.board);
		try {
			const version = await this.activate(action, slot);
			const reason = `version ${version} checked, it starts on trial`;
			context.report({ event: "firmware", action, slot, result: "done", reason });
			restarter.force(`${action} to firmware ${version} by hand`);
		} catch (error) {
			context.report({ event: "firmware", action, slot, result: "refused", ...describeError(error) });
		} finally {
			this.#checking = false;
		}
	}

	/** @returns the version that starts next */
	private async activate(action: Action, slot: 0 | 1): Promise<string> {
		const { context, trial } = this.#options;
		const flash = context.storage.open({ path: "nextota", mode: "r" });
		try {
			const content = await checkImage(context, flash, trial.secureFloor, () => this.refuseBusy());
			const left = action === "rollback" ? [trial.failures.remember([this.running()])] : [];
			trial.begin();
			trial.add(content);
			trial.switchOver(slot, canAskAgain(context), left);
			return content.version ?? "";
		} finally {
			flash.close();
		}
	}

	private running(): ReturnType<typeof identifyImage> {
		const flash = this.#options.context.storage.open({ path: "running", mode: "r" });
		try {
			return identifyImage(flash);
		} finally {
			flash.close();
		}
	}
}
