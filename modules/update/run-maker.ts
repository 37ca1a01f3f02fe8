// SPDX-License-Identifier: Apache-2.0
//
// What every run works with, gathered once, and what is different from run to run.

import type { Abort } from "./abort.js";
import type { ClockPolicy } from "./clock-policy.js";
import { DownloadLog } from "./downloads.js";
import { isOperator, type TriggerCause } from "./events.js";
import type { GracefulWait } from "./graceful.js";
import type { Holds } from "./holds.js";
import type { InstallHold } from "./install-hold.js";
import type { HTTPPort, UpdateContext } from "./interfaces.js";
import { DownloadJournal } from "./journal.js";
import type { Run } from "./outcome.js";
import type { Trial } from "./trial.js";
import { userAgent } from "./user-agent.js";

export interface RunMakerOptions {
	context: UpdateContext;
	trial: Trial;
	clock: ClockPolicy;
	holds: Holds;
	installHold: InstallHold;
	graceful: GracefulWait;
}

export interface RunOptions {
	client: HTTPPort;
	causes: readonly TriggerCause[];
	abort: Abort;
}

export class RunMaker {
	readonly #options: RunMakerOptions;
	readonly #downloads: DownloadLog;
	readonly #journal: DownloadJournal;
	/** INIFileVersion as it was at start: <CONF> takes a reset to change. */
	readonly #configuration: string;

	constructor(options: RunMakerOptions) {
		const { store, settings } = options.context;
		this.#options = options;
		this.#downloads = new DownloadLog(store);
		this.#journal = new DownloadJournal(store);
		this.#configuration = settings.text("INIFileVersion");
	}

	make({ client, causes, abort }: RunOptions): Run {
		const { settings, board } = this.#options.context;
		const { name, version } = board.application;
		const tags = { name, version, mac: board.mac, configuration: this.#configuration };
		return {
			...this.#options,
			client,
			abort,
			downloads: this.#downloads,
			journal: this.#journal,
			userAgent: userAgent(settings.text("AupdHttpUserAgent"), tags),
			insistent: causes.some((cause) => isOperator(cause) || cause === "trial"),
			forced: causes.some(isOperator),
			iniApplied: false,
		};
	}
}
