// SPDX-License-Identifier: Apache-2.0
//
// What objects read, and what the agent needs of the rest of the program: structural types that the classes of other modules fit.

import type { DebugPort } from "../debug/port.js";
import type { Board } from "../ecma419/board.js";
import type { ActionState } from "./action-state.js";
import type { Counters } from "./counters.js";
import type { Engine } from "./engine.js";

/** The gateway's parameters (module `settings`). */
export interface SettingsPort {
	text(name: string): string;
	/** For people: secrets are obscured. */
	describe(name: string): string;
	/** @throws an error with a `code`; nothing has changed then */
	check(name: string, text: string): unknown;
	set(name: string, text: string): void;
	save(): unknown;
	/** Factory values. */
	loadFactory(): unknown;
	/** Records to write for the values in force. */
	changes(): RecordChange[];
}

export interface RecordChange {
	name: string;
	value?: Uint8Array;
}

/** Named records that survive a power cut (module `store`). */
export interface RecordStore {
	get(name: string): Uint8Array | undefined;
	/** Takes all changes or none. */
	commit(changes: RecordChange[]): void;
}

/** Lines in a call, and the lock that lets no new one begin. */
export interface LineStatePort {
	/** Lines in a call. */
	readonly busy: number;
	readonly locked: boolean;
	lock(): void;
	unlock(): void;
}

/** One run of the update, as the table shows it. */
export interface Attempt {
	/** ISO 8601, or "". */
	time: string;
	cause: string;
	verdict: string;
	version: string;
	reason: string;
	durationMs: number;
	/** Counts attempts over restarts. */
	number: number;
	/** Equal attempts that this row stands for. */
	count: number;
}

/** Attempts that are remembered, oldest first. */
export interface AttemptsPort {
	readonly length: number;
	at(index: number): Attempt | undefined;
}

/** Wear of the part of the flash that holds the records. */
export interface WearPort {
	erases: number;
	records: number;
	freeBytes: number;
	badBlocks: number;
}

export interface AgentPorts {
	readonly settings: SettingsPort;
	readonly store: RecordStore;
	readonly board: Pick<Board, "application" | "mac" | "clock" | "random" | "memory">;
	/** Whether what runs has still to prove itself. */
	readonly trial: boolean;
	/** Asks for an update. @param requester who asked, for the log */
	trigger(cause: "snmp", requester?: string): unknown;
	/** @param graceful waits until no line is in a call */
	restart(reason: string, graceful: boolean): void;
	readonly line?: LineStatePort | undefined;
	readonly attempts?: AttemptsPort | undefined;
	wear?(): WearPort;
	/** Name of a file in use, "" when there is none. */
	fileName?(kind: string): string;
}

export interface AgentContext {
	readonly ports: AgentPorts;
	readonly counters: Counters;
	readonly engine: Engine;
	readonly actions: ActionState;
	/** Told of messages and what became of them. */
	readonly debug?: DebugPort | undefined;
	/** Longest message, bytes. */
	readonly maxMessageBytes: number;
	/** A text as bytes. */
	text(text: string): Uint8Array;
}
