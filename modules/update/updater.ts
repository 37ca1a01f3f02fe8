// SPDX-License-Identifier: Apache-2.0
//
// The Automatic Update of the gateway: takes triggers, does one run at a time, restarts once, and sees new firmware
// through its trial. Leaves out time of day, DHCP and the listeners' triggers.
// Source: AudioCodes Automatic Update, "Triggers"; ESP-IDF, "App rollback".
//
//   idle --trigger--> starting --next turn--> running --end--> idle | starting (queued) | restarting
//            starting: triggers join; running: one more run is queued; restarting: triggers are ignored

import { ClockPolicy } from "./clock-policy.js";
import { DownloadLog } from "./downloads.js";
import { describeError } from "./error.js";
import { stamp, type StampedRecord, type TriggerCause, type UpdateRecord } from "./events.js";
import { FirmwareControl } from "./firmware-control.js";
import { HoldWatch } from "./hold-watch.js";
import { Holds } from "./holds.js";
import type { CertificatesPort, HTTPPort, Progress, SettingsPort, SigningPort, UpdateContext } from "./interfaces.js";
import { DownloadJournal } from "./journal.js";
import type { Run } from "./outcome.js";
import { Restarter } from "./restarter.js";
import { runPlan, type RunEnd } from "./run.js";
import { intervalMs, Schedule } from "./schedule.js";
import type { LastRun, UpdateStatus } from "./status.js";
import type { Trial } from "./trial.js";
import { TrialWatch } from "./trial-watch.js";
import { macText, userAgent } from "./user-agent.js";
import type { Board } from "../ecma419/board.js";
import type { FlashStorage } from "../ecma419/flash.js";
import type { TimerHandle, TimerService } from "../ecma419/timer.js";

export interface UpdaterOptions {
	/** Over the records of `trial`. */
	settings: SettingsPort;
	/** Made before everything that reads records. */
	trial: Trial;
	/** Opens `nextota`. */
	storage: FlashStorage;
	/** Keys that firmware has to be signed by, and the verifier. */
	signing: SigningPort;
	board: Board;
	timer: TimerService;
	/** Takes the files of TLSRootFileUrl, TLSCertFileUrl and TLSPkeyFileUrl; without it they are not fetched. */
	certificates?: CertificatesPort;
	/** Makes the HTTP client of one run; closed by the updater. */
	http: () => HTTPPort;
	/** Takes each event. */
	onEvent?: (record: StampedRecord) => void;
	/** Takes progress of download and flash, often. */
	onProgress?: (progress: Progress) => void;
}

export class Updater {
	#context: UpdateContext;
	#downloads: DownloadLog;
	#journal: DownloadJournal;
	#clock: ClockPolicy;
	#trial: Trial;
	#watch: TrialWatch;
	#restarter: Restarter;
	#schedule: Schedule;
	#holds: Holds;
	#holdWatch: HoldWatch;
	/** INIFileVersion as it was at start: <CONF> takes a reset to change. */
	#configuration: string;
	#phase: UpdateStatus["phase"] = "idle";
	#causes: TriggerCause[] = [];
	#queued: TriggerCause[] = [];
	#file: string | undefined;
	#done = 0;
	#total: number | undefined;
	#last: LastRun | undefined;
	#starting: TimerHandle | undefined;
	#client: HTTPPort | undefined;
	#closed = false;
	#onEvent: (record: StampedRecord) => void;
	/** The boot choice by hand. */
	readonly firmware: FirmwareControl;

	/** Starts nothing; see `start`. */
	constructor(options: UpdaterOptions) {
		const { settings, trial, board, timer } = options;
		const store = trial.records;
		this.#onEvent = options.onEvent ?? (() => undefined);
		this.#context = this.#makeContext(options);
		const ticks = (): number => board.clock.ticks();
		this.#downloads = new DownloadLog(store);
		this.#journal = new DownloadJournal(store);
		this.#clock = new ClockPolicy({ clock: board.clock, store, builtMs: board.application.builtMs });
		this.#trial = trial;
		this.#holds = new Holds(store, ticks);
		this.#holdWatch = new HoldWatch({
			context: this.#context,
			holds: this.#holds,
			again: () => this.trigger("retry"),
		});
		this.#restarter = new Restarter({ context: this.#context, clock: this.#clock });
		this.#watch = new TrialWatch({
			context: this.#context,
			trial: this.#trial,
			restarter: this.#restarter,
			again: () => this.trigger("trial"),
		});
		this.#schedule = new Schedule({ timer, ticks, onDue: () => this.trigger("interval") });
		this.#configuration = settings.text("INIFileVersion");
		const busy = (): boolean => this.#closed || this.#phase !== "idle" || this.#restarter.pending;
		const parts = { context: this.#context, trial, watch: this.#watch, restarter: this.#restarter };
		this.firmware = new FirmwareControl({ ...parts, busy });
	}

	/** Sets the clock floor, settles or begins a trial, and makes the start-up trigger. To be called once. */
	start(): void {
		const { board, settings } = this.#context;
		this.#clock.start();
		this.#report({
			event: "boot",
			version: board.application.version,
			model: board.application.name,
			slot: board.runningSlot,
			reason: board.resetReason,
			state: this.#trial.state === "PENDING_VERIFY" ? "pending" : this.#trial.state.toLowerCase(),
			mac: macText(board.mac),
		});
		this.#watch.start();
		this.#holdWatch.ended();
		if (settings.text("AutoUpdateOnStartup") !== "0") this.trigger("start-up");
		else if (this.#trial.pending) this.trigger("trial");
		else this.#schedule.arm(intervalMs(settings));
	}

	/**
	 * Asks for a run: makes one, joins one that has not begun to fetch, or queues one behind the present one.
	 * @param requester who asked, for events: never a secret
	 */
	trigger(cause: TriggerCause, requester?: string): void {
		if (this.#closed) return;
		const effect = this.#accept(cause);
		const record: UpdateRecord = { event: "trigger", cause, effect };
		if (requester !== undefined) record.requester = requester;
		this.#report(record);
		if (effect !== "ignored") this.#schedule.arm(intervalMs(this.#context.settings));
		if (effect === "started") this.#prepare([cause]);
	}

	/** Restarts on an operator's word: at once, outside the budget. */
	restart(reason: string): void {
		if (!this.#closed) this.#restarter.force(reason);
	}

	status(): UpdateStatus {
		return {
			phase: this.#restarter.pending ? "restarting" : this.#phase,
			causes: [...this.#causes],
			file: this.#file,
			done: this.#done,
			total: this.#total,
			queued: this.#queued.length > 0,
			trial: this.#trial.pending,
			last: this.#last,
			next: this.#schedule.next,
		};
	}

	/** Stops timers and the present run; nothing is reported afterwards. */
	close(): void {
		this.#closed = true;
		this.#context.timer.clear(this.#starting);
		this.#starting = undefined;
		this.#schedule.clear();
		this.#holdWatch.close();
		this.#watch.close();
		this.#restarter.close();
		this.#client?.close();
		this.#client = undefined;
	}

	#makeContext(options: UpdaterOptions): UpdateContext {
		const { settings, trial, storage, signing, board, timer, http, certificates } = options;
		const onProgress = options.onProgress ?? (() => undefined);
		return {
			settings,
			store: trial.records,
			storage,
			signing,
			board,
			timer,
			certificates,
			http,
			report: (record) => this.#report(record),
			onProgress: (progress) => {
				if (progress.phase === "download") [this.#done, this.#total] = [progress.done, progress.total];
				if (!this.#closed) onProgress(progress);
			},
		};
	}

	#accept(cause: TriggerCause): "started" | "joined" | "queued" | "ignored" {
		if (this.#restarter.pending) return "ignored";
		if (this.#phase === "idle") return "started";
		const list = this.#phase === "starting" ? this.#causes : this.#queued;
		if (!list.includes(cause)) list.push(cause);
		return this.#phase === "starting" ? "joined" : "queued";
	}

	/** The run begins in a turn of its own, so that triggers of this turn join it. */
	#prepare(causes: TriggerCause[]): void {
		this.#phase = "starting";
		this.#causes = causes;
		this.#starting = this.#context.timer.set(() => {
			this.#starting = undefined;
			void this.#run();
		}, 0);
	}

	/** Never rejects. */
	async #run(): Promise<void> {
		this.#phase = "running";
		let end: RunEnd;
		try {
			end = await this.#fetch();
		} catch (error) {
			const { code, reason } = describeError(error);
			const version = this.#context.board.application.version;
			const text = `${code}: ${reason}`;
			end = { verdict: "failed", reason: text, version, again: false, reached: false, asked: true, switched: false };
		}
		if (!this.#closed) this.#finish(end);
	}

	async #fetch(): Promise<RunEnd> {
		const { settings, board, http } = this.#context;
		const { name, version } = board.application;
		const tags = { name, version, mac: board.mac, configuration: this.#configuration };
		const client = http();
		this.#client = client;
		const run: Run = {
			context: this.#context,
			client,
			downloads: this.#downloads,
			journal: this.#journal,
			trial: this.#trial,
			clock: this.#clock,
			userAgent: userAgent(settings.text("AupdHttpUserAgent"), tags),
			holds: this.#holds,
			insistent: this.#causes.some((cause) => cause === "console" || cause === "trial"),
			forced: this.#causes.includes("console"),
		};
		try {
			return await runPlan(run, {
				onFile: (file) => ([this.#file, this.#done, this.#total] = [file, 0, undefined]),
				onReached: () => this.#watch.reached(),
			});
		} finally {
			this.#client = undefined;
			client.close();
		}
	}

	#finish(end: RunEnd): void {
		const { verdict, version, reason } = end;
		const { clock } = this.#context.board;
		const now = clock.now();
		const time = now === undefined ? null : new Date(now).toISOString();
		this.#last = { verdict, version, reason, time, ticks: clock.ticks() };
		this.#schedule.change(intervalMs(this.#context.settings)); // an ini may just have set it, and the verdict tells it
		this.#report({ event: "verdict", result: verdict, version, reason });
		this.#phase = "idle";
		this.#causes = [];
		this.#file = undefined;
		const queued = this.#queued;
		this.#queued = [];
		this.#holdWatch.ended();
		if (end.restart !== undefined) return this.#restarter.request(end.restart);
		if (end.switched) this.#watch.switched();
		else this.#watch.ended(end.reached);
		if (this.#phase !== "idle") this.#queued.push(...queued);
		else if (queued.length > 0) this.#prepare(queued);
		else if (end.again) this.trigger("trial");
	}

	#report(record: UpdateRecord): void {
		if (this.#closed) return;
		try {
			this.#onEvent(stamp(record, this.#context.board.clock));
		} catch {
			// Whoever listens may fail; the update goes on.
		}
	}
}
