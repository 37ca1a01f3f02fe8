// SPDX-License-Identifier: Apache-2.0
//
// What the update is doing, and how the last run ended, for whoever shows it.

import type { Clock } from "../ecma419/board.js";
import type { TriggerCause, Verdict } from "./events.js";

export interface LastRun {
	verdict: Verdict;
	version: string;
	reason: string;
	/** ISO 8601, `null` without a clock. */
	time: string | null;
	ticks: number;
}

/** @param end of a run, just now */
export function lastRun({ verdict, version, reason }: Omit<LastRun, "time" | "ticks">, clock: Clock): LastRun {
	const now = clock.now();
	const time = now === undefined ? null : new Date(now).toISOString();
	return { verdict, version, reason, time, ticks: clock.ticks() };
}

export interface UpdateStatus {
	phase: "idle" | "starting" | "running" | "restarting";
	/** Causes of the present run. */
	causes: TriggerCause[];
	/** File at work. */
	file: string | undefined;
	/** Bytes of it that are down. */
	done: number;
	/** Its length; `undefined` while not known. */
	total: number | undefined;
	/** One more run follows. */
	queued: boolean;
	/** The running firmware is not confirmed yet. */
	trial: boolean;
	/** Lines are in a call, and a restart or new settings wait for them. */
	waitsForLines?: boolean;
	last: LastRun | undefined;
	/** Ticks of the next run that comes by itself. */
	next: number | undefined;
	/** What an operator should know beside: a hold, a schedule that waits for a clock. One line each. */
	notes?: readonly string[];
	/** Starts after a crash since a run last ended. */
	crashes: number;
}
