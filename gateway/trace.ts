// SPDX-License-Identifier: Apache-2.0
//
// What became of each attempt of the update, remembered over restarts.

import { TraceCollector, type TraceCollectorOptions } from "upgate/trace/collector";
import { TraceRing } from "upgate/trace/ring";
import type { StampedRecord } from "upgate/update/events";
import type { RecordStore } from "upgate/update/interfaces";

export interface TraceParts {
	device: { readonly ticks: () => number };
	trial: { readonly records: RecordStore };
	/** Says when the next attempt is due, in ticks. */
	updater: { status(): { next: number | undefined } };
}

export class Trace implements TraceCollectorOptions {
	readonly ring: TraceRing;
	readonly #parts: TraceParts;
	readonly #collector: TraceCollector;

	constructor(parts: TraceParts) {
		this.#parts = parts;
		this.ring = new TraceRing({ store: parts.trial.records });
		this.#collector = new TraceCollector(this);
	}

	/** For the collector: milliseconds until the next attempt. */
	nextMs(): number | undefined {
		const { next } = this.#parts.updater.status();
		return next === undefined ? undefined : next - this.#parts.device.ticks();
	}

	/** Takes each event of the update. */
	note(record: StampedRecord): void {
		this.#collector.take(record);
	}
}
