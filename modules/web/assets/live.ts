// SPDX-License-Identifier: Apache-2.0
//
// Live values: one stream for all pages. When the device restarts, the stream ends for good; then the session is asked for until the
// device answers again.

import { get } from "./api.js";
import type { SessionState } from "./log-in.js";

export interface UpdateState {
	phase: string;
	causes: string[];
	file?: string;
	done: number;
	total?: number;
	queued: boolean;
	trial: boolean;
	last?: { verdict: string; version: string; reason: string; time: string | null };
	version: string;
	notes?: string[];
}

export interface Use {
	now: number;
	peak: number;
	size: number;
}

export type MemoryState = Record<"slots" | "chunks" | "stack" | "native", Use>;

export interface LogLine {
	number: number;
	time: string | null;
	text: string;
}

type Kind = "update" | "memory" | "log" | "link";
type Listener = (value: never) => void;

const listeners: Record<Kind, Set<Listener>> = {
	update: new Set(),
	memory: new Set(),
	log: new Set(),
	link: new Set(),
};
let source: EventSource | undefined;
let lastUpdate: UpdateState | undefined;
let timer = 0;
/** Last points of the memory chart. */
export const memoryPoints: MemoryState[] = [];
/** Log lines of this stream, which begins with those that the device still has. */
export const logLines: LogLine[] = [];

function tell(kind: Kind, value: unknown): void {
	for (const listener of listeners[kind]) listener(value as never);
}

/** @returns a function that ends it */
export function listen(kind: "update", listener: (value: UpdateState) => void): () => void;
export function listen(kind: "memory", listener: (value: MemoryState) => void): () => void;
export function listen(kind: "log", listener: (value: LogLine) => void): () => void;
export function listen(kind: "link", listener: (value: boolean) => void): () => void;
export function listen(kind: Kind, listener: Listener): () => void {
	listeners[kind].add(listener);
	if (kind === "update" && lastUpdate !== undefined) (listener as (value: UpdateState) => void)(lastUpdate);
	return () => listeners[kind].delete(listener);
}

function take(kind: Kind, value: unknown): void {
	if (kind === "update") lastUpdate = value as UpdateState;
	if (kind === "memory") memoryPoints.push(value as MemoryState);
	if (memoryPoints.length > 120) memoryPoints.shift();
	if (kind === "log") {
		const line = value as LogLine;
		if (logLines.some(({ number }) => number === line.number)) return;
		logLines.push(line);
		if (logLines.length > 300) logLines.shift();
	}
	tell(kind, value);
}

export function stopLive(): void {
	source?.close();
	source = undefined;
	clearTimeout(timer);
	lastUpdate = undefined;
	logLines.length = 0;
	memoryPoints.length = 0;
}

/** Told what the device says of the session when it answers again after a break; nothing when the session has ended. */
type OnBack = (session?: SessionState) => void;

export function startLive(onBack: OnBack): void {
	stopLive();
	connect(onBack);
}

/** After a break in which the device has gone on: what was received stays. */
export function resumeLive(onBack: OnBack): void {
	clearTimeout(timer);
	connect(onBack);
}

function connect(onBack: OnBack): void {
	const stream = new EventSource("/api/events");
	source = stream;
	stream.onopen = () => tell("link", true);
	for (const kind of ["update", "memory", "log"] as const) {
		stream.addEventListener(kind, (event) => take(kind, JSON.parse((event as MessageEvent<string>).data)));
	}
	stream.addEventListener("bye", () => onBack());
	for (const reason of ["full", "busy"]) {
		stream.addEventListener(reason, () => {
			stream.close();
			poll(onBack, reason === "busy");
		});
	}
	stream.onerror = () => {
		tell("link", false);
		stream.close();
		if (source === stream) wait(onBack);
	};
}

interface Now {
	update: UpdateState;
	memory: MemoryState;
	log: LogLine[];
}

/** Another page has the stream, or an update the memory: then the stream comes back with its end. */
function poll(onBack: OnBack, passing: boolean): void {
	clearTimeout(timer);
	const next = (): void => {
		timer = setTimeout(() => poll(onBack, passing), passing ? 1000 : 4000);
	};
	get<Now>(`/api/now?after=${logLines.at(-1)?.number ?? 0}`).then(
		({ update, memory, log }) => {
			take("update", update);
			take("memory", memory);
			for (const line of log) take("log", line);
			if (passing && update.phase === "idle") connect(onBack);
			else next();
		},
		() => {
			tell("link", false);
			wait(onBack);
		},
	);
}

function wait(onBack: OnBack): void {
	clearTimeout(timer);
	timer = setTimeout(() => {
		get<SessionState>("/api/session").then(onBack, () => wait(onBack));
	}, 1500);
}
