// SPDX-License-Identifier: Apache-2.0
//
// What one set request wants, all of it or nothing: collected and checked first, then put in force, taken back if that fails;
// what it asks for (update, restart) is done last, and once, however often it is named. Source: RFC 3416 section 4.2.5.

import { decodeUTF8 } from "../bytes/text.js";
import { resetControls } from "./action-state.js";
import type { AgentContext } from "./context.js";
import { errorStatus } from "./pdu.js";

export type Request = "update" | "save" | "defaults" | "reset" | "graceful" | "lock" | "unlock";

function statusOf(error: unknown): number {
	const code = error instanceof Error && "code" in error ? error.code : undefined;
	return code === "SETTINGS_LENGTH" ? errorStatus.wrongLength : errorStatus.wrongValue;
}

export class Changes {
	readonly context: AgentContext;
	readonly #settings: [name: string, text: string][] = [];
	readonly #requests: Request[] = [];
	/** Numbers of the agent's own, which cannot fail. */
	readonly #assignments: (() => void)[] = [];
	/** What a reset in this request goes by. */
	resetControl: number;

	constructor(context: AgentContext) {
		this.context = context;
		this.resetControl = context.actions.resetControl;
	}

	/** A parameter. @returns error status */
	setting(name: string, value: number | Uint8Array): number {
		try {
			const text = typeof value === "number" ? String(value) : decodeUTF8(value, { fatal: true });
			this.context.ports.settings.check(name, text);
			this.#settings.push([name, text]);
			return errorStatus.noError;
		} catch (error) {
			return statusOf(error);
		}
	}

	request(request: Request): number {
		if (!this.#requests.includes(request)) this.#requests.push(request);
		return errorStatus.noError;
	}

	assign(assignment: () => void): number {
		this.#assignments.push(assignment);
		return errorStatus.noError;
	}

	/** Puts everything in force. @returns error status; after another than noError nothing has changed, except after undoFailed */
	commit(requester: string): number {
		if (this.contradictory()) return errorStatus.inconsistentValue;
		const status = this.commitSettings();
		if (status !== errorStatus.noError) return status;
		for (const assignment of this.#assignments) assignment();
		this.context.actions.perform(this.#requests, requester);
		return errorStatus.noError;
	}

	private wants(request: Request): boolean {
		return this.#requests.includes(request);
	}

	private contradictory(): boolean {
		const both = this.wants("lock") && this.wants("unlock");
		return both || (this.wants("defaults") && this.#settings.length > 0);
	}

	private commitSettings(): number {
		const resets = this.wants("reset") || this.wants("graceful");
		const burn = this.wants("save") || (resets && this.resetControl === resetControls.burn);
		const defaults = this.wants("defaults");
		if (this.#settings.length === 0 && !burn && !defaults) return errorStatus.noError;
		const { settings } = this.context.ports;
		const before = this.#settings.map(([name]): [string, string] => [name, settings.text(name)]);
		try {
			if (defaults) settings.loadFactory();
			for (const [name, text] of this.#settings) settings.set(name, text);
			settings.save();
			return errorStatus.noError;
		} catch {
			return this.undo(before);
		}
	}

	/** Backwards, because a parameter may have been set twice. */
	private undo(before: [string, string][]): number {
		const { settings } = this.context.ports;
		try {
			for (const [name, text] of before.reverse()) settings.set(name, text);
			return errorStatus.commitFailed;
		} catch {
			return errorStatus.undoFailed;
		}
	}
}
