// SPDX-License-Identifier: Apache-2.0
//
// What managers have asked for, and what has become of it: "actionId ; status ; reason", as acSysActionSetAutoUpdateActionResult has it.
// An update ends after a restart, so what is under way then is kept in one small record.
// Source: AC-SYSTEM-MIB, acSysActionSet.

import { decodeUTF8, encodeUTF8 } from "../bytes/text.js";
import type { Request } from "./changes.js";
import type { AgentPorts } from "./context.js";

/** Record with the manager's number of the update that a restart has interrupted. */
const record = "snmp.action";
/** acSysActionSetAutoUpdateActionResult has at most 200 characters. */
const reasonLength = 170;

/** acSysActionSetResetControl. */
export const resetControls = Object.freeze({ burn: 1, plain: 2 } as const);

export type ActionStatus = "success" | "failure" | "inProgress";

/** The part of an update's verdict that counts here. */
export interface VerdictNote {
	result: "nothing-new" | "updated" | "updated-in-part" | "held" | "failed" | "confirmed" | "rolled-back";
	version: string;
	reason: string;
}

interface Outcome {
	id: number;
	status: ActionStatus;
	reason: string;
}

export class ActionState {
	/** The manager's own number. */
	id = 0;
	resetControl: number = resetControls.burn;
	/** snmpSetSerialNo (RFC 3418); RFC 2579 wants it to begin anywhere. */
	serial: number;
	readonly #ports: AgentPorts;
	#outcome: Outcome | undefined;
	/** Verdicts of runs that began before ours. */
	#foreign = 0;
	/** The record is there. */
	#noted = false;

	/** Reads what a restart has left. */
	constructor(ports: AgentPorts) {
		this.#ports = ports;
		this.serial = Math.floor(ports.board.clock.ticks()) % 2147483648;
		const text = this.readRecord();
		if (text === undefined) return;
		this.#noted = true;
		this.id = Number(text);
		this.#outcome = { id: this.id, status: "inProgress", reason: "restarted" };
	}

	nextSerial(): void {
		this.serial = (this.serial + 1) % 2147483648;
	}

	/** Asks for what cannot fail any more. */
	perform(requests: readonly Request[], requester: string): void {
		const { line, restart } = this.#ports;
		if (requests.includes("lock")) line?.lock();
		if (requests.includes("unlock")) line?.unlock();
		if (requests.includes("update")) this.update(requester);
		if (requests.includes("reset")) restart("snmp", false);
		else if (requests.includes("graceful")) restart("snmp", true);
	}

	/** Takes the end of a run. */
	verdict({ result, version, reason }: VerdictNote): void {
		if (this.#outcome?.status !== "inProgress") return;
		if (this.#foreign > 0) {
			this.#foreign--;
			return;
		}
		if (result === "updated" || result === "updated-in-part") {
			this.#outcome.reason = `updated to ${version}, on trial: ${reason}`;
			return;
		}
		const failed = result === "failed" || result === "rolled-back";
		this.#outcome = { id: this.#outcome.id, status: failed ? "failure" : "success", reason: `${result}: ${reason}` };
		this.forget();
	}

	/** A restart comes: what is under way is noted. A store that fails costs the answer only. */
	restarting(): void {
		if (this.#outcome?.status !== "inProgress") return;
		try {
			this.#ports.store.commit([{ name: record, value: encodeUTF8(String(this.#outcome.id)) }]);
			this.#noted = true;
		} catch {
			this.#noted = false;
		}
	}

	/** "actionId ; status ; reason", empty before the first. */
	get result(): string {
		if (this.#outcome === undefined) return "";
		const { id, status, reason } = this.#outcome;
		return `${id} ; ${status} ; ${reason.slice(0, reasonLength)}`;
	}

	private update(requester: string): void {
		this.#outcome = { id: this.id, status: "inProgress", reason: "requested" };
		this.#foreign = 0;
		const effect = this.#ports.trigger("snmp", requester);
		if (effect === "queued") this.#foreign = 1;
		if (effect === "ignored") this.#outcome = { id: this.id, status: "failure", reason: "restart is on its way" };
	}

	private readRecord(): string | undefined {
		try {
			const bytes = this.#ports.store.get(record);
			const text = bytes === undefined ? undefined : decodeUTF8(bytes);
			return text !== undefined && /^[0-9]{1,10}$/.test(text) ? text : undefined;
		} catch {
			return undefined;
		}
	}

	private forget(): void {
		if (!this.#noted) return;
		this.#noted = false;
		try {
			this.#ports.store.commit([{ name: record }]);
		} catch {
			this.#noted = true;
		}
	}
}
