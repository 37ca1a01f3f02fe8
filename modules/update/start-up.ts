// SPDX-License-Identifier: Apache-2.0
//
// What the start of the gateway makes of itself: the trigger at start-up, spread over a window where the power was off (a fleet after
// a power cut must not come at once), and the moment from which the gateway serves others. With secure start-up that is
// the end of the first run, whatever came of it, or the end of patience.
// Source: AudioCodes Automatic Update, "Triggers"; AC-SYSTEM-MIB, acSysGenericINISecureStartup (EnableSecureStartup).

import type { TimerHandle } from "../ecma419/timer.js";
import { drawChance } from "./backoff.js";
import type { TriggerCause, Triggered } from "./events.js";
import type { UpdateContext } from "./interfaces.js";

/** Longest wait for the first run of a secure start: a server that trickles must not keep the gateway from working. */
export const secureStartMs = 600_000;

export interface StartOptions {
	/** Why the first run is made; default `start-up`. Any other one is made even with AutoUpdateOnStartup = 0. */
	cause?: TriggerCause;
	/** The trigger comes after a random part of this, if the power was off; default 0. */
	spreadMs?: number;
}

export interface StartUpOptions {
	context: UpdateContext;
	/** What is on trial is never kept waiting. */
	trial: { readonly pending: boolean };
	updater: Triggered;
	/** Told once: the gateway may serve others. */
	options: { onOperational?(): void };
}

/** @param chance 0 <= chance < 1 @returns milliseconds between power-on and the first run */
export function startDelayMs(spreadMs: number, chance: number): number {
	return Math.floor(spreadMs * chance);
}

export class StartUp {
	readonly #options: StartUpOptions;
	#operational = false;
	#delay: TimerHandle | undefined;
	#patience: TimerHandle | undefined;
	#dueTicks: number | undefined;

	constructor(options: StartUpOptions) {
		this.#options = options;
	}

	/** Ticks of the trigger that waits, `undefined` when none does. */
	get next(): number | undefined {
		return this.#dueTicks;
	}

	/** @returns whether a trigger comes of it */
	begin({ cause = "start-up", spreadMs = 0 }: StartOptions): boolean {
		const { context, trial } = this.#options;
		const { settings, timer } = context;
		const secure = settings.text("EnableSecureStartup") === "1";
		if (secure) this.#patience = timer.set(() => this.runOut(), secureStartMs);
		else this.serve();
		const wanted = secure || cause !== "start-up" || settings.text("AutoUpdateOnStartup") !== "0";
		if (!wanted && !trial.pending) return false;
		this.triggerLater(wanted ? cause : "trial", spreadMs);
		return true;
	}

	/** There is a trigger: the one that waits has no more to do. */
	triggered(): void {
		this.#options.context.timer.clear(this.#delay);
		this.#delay = this.#dueTicks = undefined;
	}

	/** A run is over, and no restart follows. */
	ended(): void {
		this.#options.context.timer.clear(this.#patience);
		this.#patience = undefined;
		this.serve();
	}

	close(): void {
		this.triggered();
		this.#options.context.timer.clear(this.#patience);
		this.#patience = undefined;
		this.#operational = true;
	}

	private triggerLater(cause: TriggerCause, spreadMs: number): void {
		const { context, trial, updater } = this.#options;
		const { board, timer } = context;
		const powered = board.resetReason === "power-on" || board.resetReason === "brownout";
		const chance = drawChance((bytes) => board.random(bytes));
		const ms = powered && !trial.pending ? startDelayMs(spreadMs, chance) : 0;
		if (ms === 0) return void updater.trigger(cause);
		this.#dueTicks = board.clock.ticks() + ms;
		this.#delay = timer.set(() => {
			this.#delay = this.#dueTicks = undefined;
			updater.trigger(cause);
		}, ms);
	}

	private runOut(): void {
		this.#patience = undefined;
		const text = `secure start-up: the first update takes longer than ${secureStartMs / 1000} s, the gateway starts all the same`;
		this.#options.context.report({ event: "notice", topic: "start-up", text });
		this.serve();
	}

	/** The gateway may serve others from now on. */
	serve(): void {
		if (this.#operational) return;
		this.#operational = true;
		this.#options.options.onOperational?.();
	}
}
