// SPDX-License-Identifier: Apache-2.0
//
// The run that is at work and the one that may follow: who asked for them, and whether a restart is wanted after them.
// One run at a time: what is asked before it begins joins it, what is asked while it works makes one more, however often.
//
//   idle --accept--> starting --begin--> running --end--> idle
//           starting: triggers join; running: they make the next job

import type { TriggerCause } from "./events.js";

export interface Job {
	/** Each cause once, in the order of their coming. */
	causes: TriggerCause[];
	/** Who wants a restart after it even if nothing has changed; `undefined` when nobody does. */
	restart: string | undefined;
}

export type JobPhase = "idle" | "starting" | "running";

function add(job: Job, { causes, restart }: Job): void {
	for (const cause of causes) if (!job.causes.includes(cause)) job.causes.push(cause);
	job.restart ??= restart;
}

export class JobQueue {
	#phase: JobPhase = "idle";
	#job: Job = { causes: [], restart: undefined };
	#next: Job | undefined;

	get phase(): JobPhase {
		return this.#phase;
	}

	/** The present job; without causes while idle. */
	get job(): Readonly<Job> {
		return this.#job;
	}

	/** One more run follows. */
	get queued(): boolean {
		return this.#next !== undefined;
	}

	/** Takes a job up. `started`: the caller has to see to it that it begins. */
	accept(job: Job): "started" | "joined" | "queued" {
		if (this.#phase === "idle") {
			this.#phase = "starting";
			this.#job = { causes: [...job.causes], restart: job.restart };
			return "started";
		}
		if (this.#phase === "starting") {
			add(this.#job, job);
			return "joined";
		}
		this.#next ??= { causes: [], restart: undefined };
		add(this.#next, job);
		return "queued";
	}

	/** The first file is about to be fetched. */
	begin(): void {
		this.#phase = "running";
	}

	/** The run is over. @returns the job that waits behind it; it is the caller's now */
	end(): Job | undefined {
		const next = this.#next;
		this.#phase = "idle";
		this.#job = { causes: [], restart: undefined };
		this.#next = undefined;
		return next;
	}

	/** Nothing follows the present run. */
	dropNext(): void {
		this.#next = undefined;
	}
}
