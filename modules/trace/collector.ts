// SPDX-License-Identifier: Apache-2.0
//
// Makes attempts of the update's events: one begins with a trigger and ends with a verdict. Listens only; decides nothing.
// Leaves out triggers that were ignored, and a boot choice by hand that was refused.
//
//   trigger started | first event after queued triggers --> open --files, requests, flash--> verdict --> ring

import type { StampedRecord } from "../update/events.js";
import { type AttemptFile, attemptLimits, type AttemptRecord } from "./attempt.js";
import type { TraceRing } from "./ring.js";

type Of<K extends StampedRecord["event"]> = Extract<StampedRecord, { event: K }>;

/** An attempt that is not over. */
type OpenAttempt = Omit<AttemptRecord, "number" | "count" | "since" | "verdict" | "version" | "reason"> & {
	startTicks: number;
};

export interface TraceCollectorOptions {
	readonly ring: TraceRing;
	/** Milliseconds until the next attempt by itself, asked at each verdict; `undefined` when none is planned. */
	nextMs(): number | undefined;
}

/** Credentials are gone already; a query may hold a token, and a reader of the trace does not need it. */
function withoutQuery(url: string): string {
	const end = url.indexOf("?");
	return (end < 0 ? url : url.slice(0, end)).slice(0, attemptLimits.text);
}

export class TraceCollector {
	readonly #options: TraceCollectorOptions;
	#open: OpenAttempt | undefined;
	/** Triggers for which one more run follows. */
	#queued: Of<"trigger">[] = [];
	/** Why the gateway has started, until an attempt tells it. */
	#after: string | undefined;

	constructor(options: TraceCollectorOptions) {
		this.#options = options;
	}

	/** Takes each event of the updater. */
	take(record: StampedRecord): void {
		switch (record.event) {
			case "boot":
				this.#after = record.reason;
				return;
			case "trigger":
				return this.trigger(record);
			case "request":
				return this.request(record);
			case "file":
				return this.file(record);
			case "tls":
				this.mark("tls", record);
				return;
			case "flash":
				return this.flash(record);
			case "verdict":
				return this.verdict(record);
			case "firmware":
				return this.firmware(record);
			case "restart":
				this.#queued = [];
				return this.#options.ring.flush();
			default:
		}
	}

	private trigger(record: Of<"trigger">): void {
		if (record.effect === "queued") this.#queued = [...this.#queued, record].slice(-attemptLimits.causes);
		else if (record.effect === "started") {
			this.#queued = []; // an operator may have dropped them
			this.begin([record], record);
		} else if (record.effect === "joined" && this.#open !== undefined) this.join(this.#open, record);
	}

	private begin(triggers: readonly Of<"trigger">[], { time, ticks }: StampedRecord): OpenAttempt {
		const open: OpenAttempt = { time, startTicks: ticks, causes: [], files: [], phases: [] };
		for (const trigger of triggers) this.join(open, trigger);
		if (this.#after !== undefined) open.after = this.#after;
		this.#after = undefined;
		this.#open = open;
		return open;
	}

	private join(open: OpenAttempt, { cause, requester }: Of<"trigger">): void {
		if (open.causes.length < attemptLimits.causes && !open.causes.includes(cause)) open.causes.push(cause);
		if (requester !== undefined) open.requester ??= requester.slice(0, attemptLimits.name);
	}

	/** The attempt that an event belongs to: the open one, or that of triggers which were queued behind the last one. */
	private attempt(record: StampedRecord): OpenAttempt | undefined {
		if (this.#open !== undefined || this.#queued.length === 0) return this.#open;
		const triggers = this.#queued;
		this.#queued = [];
		return this.begin(triggers, record);
	}

	private mark(phase: string, record: StampedRecord): OpenAttempt | undefined {
		const open = this.attempt(record);
		if (open === undefined) return undefined;
		const known = open.phases.some((item) => item.phase === phase);
		if (!known && open.phases.length < attemptLimits.phases)
			open.phases.push({ phase, ms: Math.round(record.ticks - open.startTicks) });
		return open;
	}

	/** The tries of a file stand beside each other until its result comes. */
	private request(record: Of<"request">): void {
		const open = this.attempt(record);
		if (open === undefined) return;
		const file = this.unfinished(open, record.file);
		if (file === undefined) return;
		file.url = withoutQuery(record.url);
		file.statuses = [...file.statuses, record.status].slice(-attemptLimits.statuses);
		file.bytes += record.bytes;
		file.ms += Math.round(record.ms);
	}

	/** A result of the store is none of a file; a download that starts over has more than one result, and the last counts. */
	private file(record: Of<"file">): void {
		if (record.file === "store") return;
		const open = this.mark(record.file, record);
		const file = open === undefined ? undefined : this.unfinished(open, record.file);
		if (file === undefined) return;
		file.result = record.result;
		file.reason = record.reason.slice(0, attemptLimits.text);
		if (record.code !== undefined) file.code = record.code.slice(0, attemptLimits.name);
		else delete file.code;
	}

	/** @returns the file's own entry; `undefined` beyond the bound */
	private unfinished(open: OpenAttempt, file: string): AttemptFile | undefined {
		const last = open.files.at(-1);
		if (last?.file === file && last.result === "") return last;
		if (open.files.length >= attemptLimits.files) return undefined;
		const fresh: AttemptFile = { file, result: "", reason: "", url: "", statuses: [], bytes: 0, ms: 0 };
		open.files.push(fresh);
		return fresh;
	}

	private flash(record: Of<"flash">): void {
		const open = this.mark("flash", record);
		if (open === undefined) return;
		const { bytes = 0, erases = 0, ms = 0 } = open.flash ?? {};
		open.flash = { bytes: bytes + record.bytes, erases: erases + record.erases, ms: ms + Math.round(record.ms) };
	}

	/** The end of a trial may come while an attempt is on, and does not end it. */
	private verdict(record: Of<"verdict">): void {
		const { result, version, time, reason } = record;
		if (result !== "confirmed" && result !== "rolled-back") {
			/* What waited under a hold comes into force without a trigger. */
			if (this.#open === undefined && this.#queued.length === 0) this.begin([], record);
			const open = this.mark("verdict", record);
			this.#open = undefined;
			if (open !== undefined) this.end(open, record);
			return;
		}
		const end = { result, reason: reason.slice(0, attemptLimits.text), time };
		if (this.#options.ring.endTrial(end)) return;
		const trial = { time, causes: ["trial"], files: [], phases: [], verdict: result, version, reason: end.reason };
		this.#options.ring.add(trial);
	}

	/** The boot choice was changed by hand: an attempt of its own, without files. */
	private firmware({ action, result, reason, time }: Of<"firmware">): void {
		if (result !== "done") return;
		const text = reason.slice(0, attemptLimits.text);
		this.#options.ring.add({
			time,
			causes: ["console"],
			files: [],
			phases: [],
			verdict: action,
			version: "",
			reason: text,
		});
	}

	private end({ startTicks: _, ...attempt }: OpenAttempt, { result, version, reason }: Of<"verdict">): void {
		const nextMs = this.#options.nextMs();
		const next = nextMs === undefined ? {} : { nextSeconds: Math.max(0, Math.round(nextMs / 1000)) };
		this.#options.ring.add({ ...attempt, verdict: result, version, reason, ...next });
	}
}
