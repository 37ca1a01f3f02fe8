// SPDX-License-Identifier: Apache-2.0
//
// The Automatic Update of the gateway: takes triggers, does one run at a time, restarts once, and sees new firmware
// through its trial. Leaves out who triggers: schedule (timetable.ts) and start (start-up.ts) apart, that is others' business.
// Source: AudioCodes Automatic Update, "Triggers"; ESP-IDF, "App rollback".
//
//   idle --trigger--> starting --next turn--> running --end--> idle | starting (queued) | restarting
//            starting: triggers join; running: one more run is queued (jobs.ts); restarting: triggers are ignored

import { Abort } from "./abort.js";
import { ClockPolicy } from "./clock-policy.js";
import { CrashWatch } from "./crash-watch.js";
import { describeError, UpdateError } from "./error.js";
import { bootRecord, isOperator, type TriggerCause, type TriggerEffect } from "./events.js";
import type { TriggerOptions, UpdateRecord } from "./events.js";
import { FirmwareControl } from "./firmware-control.js";
import { upload, type UploadCause, type Uploaded, type UploadSource } from "./firmware-upload.js";
import { GracefulWait } from "./graceful.js";
import { HoldWatch } from "./hold-watch.js";
import { Holds } from "./holds.js";
import { InstallHold } from "./install-hold.js";
import type { HTTPPort } from "./interfaces.js";
import { type Job, JobQueue } from "./jobs.js";
import { Restarter } from "./restarter.js";
import { failedEnd, installParked, PlanRun, type RunEnd, type RunHooks } from "./run.js";
import type { Run } from "./outcome.js";
import { RunMaker } from "./run-maker.js";
import { type StartOptions, StartUp } from "./start-up.js";
import { type LastRun, lastRun, type UpdateStatus } from "./status.js";
import { Timetable } from "./timetable.js";
import type { Trial } from "./trial.js";
import { TrialWatch } from "./trial-watch.js";
import type { TimerHandle } from "../ecma419/timer.js";
import { Context, RunProgress, type UpdaterOptions } from "./updater-options.js";

export type { UpdaterOptions } from "./updater-options.js";

export class Updater implements RunHooks {
	readonly #context: Context;
	readonly #clock: ClockPolicy;
	readonly #trial: Trial;
	readonly #watch: TrialWatch;
	readonly #graceful: GracefulWait;
	readonly #restarter: Restarter;
	readonly #timetable: Timetable;
	readonly #startUp: StartUp;
	readonly #crashes: CrashWatch;
	readonly #holdWatch: HoldWatch;
	readonly #installHold: InstallHold;
	readonly #runs: RunMaker;
	readonly #jobs = new JobQueue();
	readonly #progress = new RunProgress();
	#startOptions: StartOptions = {};
	/** Who has asked for a restart that did not come yet. */
	#restartWish: string | undefined;
	#last: LastRun | undefined;
	#starting: TimerHandle | undefined;
	#client: HTTPPort | undefined;
	#abort = new Abort();
	/** The boot choice by hand. */
	readonly firmware: FirmwareControl;

	/** Starts nothing; see `start`. */
	constructor(options: UpdaterOptions) {
		const { trial, board } = options;
		const context = new Context(options, this.#progress);
		this.#context = context;
		this.#trial = trial;
		const { store } = context;
		const both = { context, updater: this };
		this.#clock = new ClockPolicy({ clock: board.clock, store, builtMs: board.application.builtMs });
		this.#installHold = new InstallHold(context, trial);
		const holds = new Holds(store, context.ticks);
		this.#holdWatch = new HoldWatch({ ...both, holds });
		this.#graceful = new GracefulWait(context);
		this.#restarter = new Restarter({ context, clock: this.#clock, graceful: this.#graceful });
		this.#watch = new TrialWatch({ ...both, trial, restarter: this.#restarter });
		this.#timetable = new Timetable(both);
		this.#crashes = new CrashWatch(both);
		this.#startUp = new StartUp({ ...both, trial, options });
		this.#runs = new RunMaker({
			...{ context, trial, holds },
			...{ clock: this.#clock, installHold: this.#installHold, graceful: this.#graceful },
		});
		this.firmware = new FirmwareControl({ ...both, trial, watch: this.#watch, restarter: this.#restarter });
	}

	/** Closed, or an update runs, or a restart is on its way. */
	get busy(): boolean {
		return this.#context.closed || this.#jobs.phase !== "idle" || this.#restarter.pending;
	}

	/** Takes firmware that an operator brings. @throws as `upload` of firmware-upload.ts */
	upload(source: UploadSource, cause: UploadCause): Promise<Uploaded> {
		const desk = {
			...{ context: this.#context, trial: this.#trial, restarter: this.#restarter, firmware: this.firmware },
			...{ jobs: this.#jobs, progress: this.#progress },
			isFree: !this.busy && this.#installHold.parked === undefined,
			begin: () => (this.#abort = new Abort()),
			next: (job: Job) => this.accept(job),
		};
		return upload(desk, source, cause);
	}

	/** Sets the clock floor, settles or begins a trial, and makes the start-up trigger, late after crashes. To be called once. */
	start(options: StartOptions = {}): void {
		this.#startOptions = options;
		this.#clock.start();
		this.#context.report(bootRecord(this.#context.board, this.#trial.state));
		this.#watch.start();
		this.#crashes.start(this.#trial.pending);
		if (this.#crashes.due !== undefined) this.#startUp.serve(); // what somebody asks for is taken meanwhile
	}

	/**
	 * Asks for a run: makes one, joins one that has not begun to fetch, or queues one behind the present one. While something
	 * lies ready under a maintenance hold, only an operator gets one.
	 * @param requester who asked, for events: never a secret
	 */
	trigger(cause: TriggerCause, requester?: string, options: TriggerOptions = {}): TriggerEffect {
		if (this.#context.closed) return "ignored";
		const restart = options.restart === true ? `asked for by ${cause}` : undefined;
		const waits = !isOperator(cause) && this.#installHold.on && this.#installHold.parked !== undefined;
		const refused = this.#restarter.pending || waits;
		const effect = refused ? "ignored" : this.accept({ causes: [cause], restart });
		const record: UpdateRecord = { event: "trigger", cause, effect };
		if (requester !== undefined) record.requester = requester;
		if (restart !== undefined) record.restart = true;
		this.#context.report(record);
		this.#startUp.triggered();
		if (!this.#restarter.pending) this.#timetable.triggered();
		return effect;
	}

	/**
	 * Restarts on an operator's word, outside the budget: at once.
	 * @param graceful when calls have ended, as AdminStateLockControl says
	 */
	restart(reason: string, graceful = false): void {
		if (this.#context.closed) return;
		if (graceful) this.#restarter.gracefully(reason);
		else this.#restarter.force(reason);
	}

	/**
	 * Stops the present run and drops the one behind it. What came in so far does not come into force; firmware goes on from
	 * where it was with the next run.
	 * @throws UpdateError UPDATE_NO_RUN
	 */
	cancel(): void {
		if (this.#jobs.phase === "idle") throw new UpdateError("UPDATE_NO_RUN", "no update is under way");
		this.#jobs.dropNext();
		this.#abort.stop();
	}

	/** Maintenance hold: from now on updates are downloaded and checked, but do not come into force. @throws what the store throws */
	hold(): void {
		this.#installHold.set();
		this.#context.report({
			event: "notice",
			topic: "hold",
			text: "updates are downloaded, and wait for their release",
		});
	}

	/**
	 * Ends the maintenance hold: what lies ready is checked again and comes into force.
	 * @throws UpdateError UPDATE_NOT_HELD; what the store throws
	 */
	release(): void {
		if (!this.#installHold.on) throw new UpdateError("UPDATE_NOT_HELD", "there is no hold");
		this.#installHold.clear();
		this.#context.report({ event: "notice", topic: "hold", text: "released" });
		if (this.#jobs.phase !== "idle") return; // the run sees it at its end
		if (this.#installHold.parked !== undefined) this.accept({ causes: ["console"], restart: undefined });
		else this.restartWished();
	}

	status(): UpdateStatus {
		const { file, done, total } = this.#progress;
		return {
			...{ file, done, total },
			phase: this.#restarter.pending ? "restarting" : this.#jobs.phase,
			causes: [...this.#jobs.job.causes],
			queued: this.#jobs.queued,
			trial: this.#trial.pending,
			waitsForLines: this.#graceful.waiting,
			last: this.#last,
			next: this.#crashes.due ?? this.#startUp.next ?? this.#timetable.next,
			crashes: this.#crashes.count,
			notes: [...this.#installHold.notes, ...this.#timetable.notes],
		};
	}

	/** Stops timers and the present run; nothing is reported afterwards. */
	close(): void {
		this.#context.closed = true;
		this.#context.timer.clear(this.#starting);
		this.#starting = undefined;
		this.#timetable.clear();
		this.#startUp.close();
		this.#holdWatch.close();
		this.#crashes.close();
		this.#watch.close();
		this.#restarter.close();
		this.#client?.close();
		this.#client = undefined;
	}

	/** Begins what comes by itself, after a crash later; for the updater's own parts. */
	begin(): void {
		this.#holdWatch.ended();
		if (!this.#startUp.begin(this.#startOptions)) this.#timetable.triggered();
		else this.#timetable.awaited();
	}

	/** A run begins in a turn of its own, so that triggers of this turn join it. */
	private accept(job: Job): TriggerEffect {
		const effect = this.#jobs.accept(job);
		if (effect !== "started") return effect;
		this.#crashes.close();
		this.#abort = new Abort();
		this.#starting = this.#context.timer.set(() => {
			this.#starting = undefined;
			this.run();
		}, 0);
		return effect;
	}

	/** Fetches what there is, or puts in force what lies ready since a hold. */
	private run(): void {
		this.#jobs.begin();
		this.#restartWish ??= this.#jobs.job.restart;
		const failed = (error: unknown): void => this.onEnd(failedEnd(this.#context, describeError(error)));
		let run: Run;
		let waits: boolean;
		try {
			this.#abort.check();
			const client = (this.#client = this.#context.http());
			run = this.#runs.make({ client, causes: this.#jobs.job.causes, abort: this.#abort });
			waits = !this.#installHold.on && this.#installHold.parked !== undefined;
		} catch (error) {
			return failed(error);
		}
		if (waits) installParked(run).then((end) => this.onEnd(end), failed);
		else new PlanRun(run, this).start();
	}

	/** For the run: a file begins. */
	onFile(file: string): void {
		this.#progress.begin(file);
	}

	/** For the run: a server has answered completely. */
	onReached(): void {
		this.#watch.reached();
	}

	/** For the run: it is over. */
	onEnd(end: RunEnd): void {
		this.#client?.close();
		this.#client = undefined;
		if (this.#context.closed) return;
		const { verdict, version, reason } = end;
		this.#last = lastRun(end, this.#context.board.clock);
		this.#timetable.changed(); // an ini may just have set it, and who hears the verdict asks for it
		this.#context.report({ event: "verdict", result: verdict, version, reason });
		this.#progress.begin(undefined);
		const next = this.#jobs.end();
		this.#holdWatch.ended();
		this.#crashes.ended();
		if (this.restarts(end)) return;
		if (end.switched) this.#watch.switched();
		else this.#watch.ended(end.reached);
		if (this.restartWished()) return;
		this.#startUp.ended();
		if (next !== undefined) this.accept(next);
		else if (end.again && this.#jobs.phase === "idle") this.trigger("trial");
	}

	/** What a file wants at once; under a hold it waits. */
	private restarts({ restart }: RunEnd): boolean {
		if (restart === undefined) return false;
		if (this.#installHold.on) this.#restartWish ??= restart;
		else this.#restarter.request(restart);
		return this.#restarter.pending;
	}

	/** While something is on trial a restart would end it: the wish waits for the run that ends the trial. */
	private restartWished(): boolean {
		if (this.#restartWish === undefined || this.#trial.pending || this.#installHold.on) return false;
		this.#restarter.request(this.#restartWish);
		return true;
	}
}
