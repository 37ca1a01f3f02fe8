// SPDX-License-Identifier: Apache-2.0
//
// The SNMP agent, when the settings switch it on: what it reads and starts in this gateway. Passwords of users are made into keys
// whether it is on or not.

import type { Settings } from "upgate/settings/settings";
import { Agent } from "upgate/snmp/agent";
import { readConfig, type AgentConfig } from "upgate/snmp/config";
import type { AgentPorts } from "upgate/snmp/context";
import { psaCrypto } from "upgate/snmp/crypto";
import { engineIDOf } from "upgate/snmp/engine";
import { hasPasswords, readUsers } from "upgate/snmp/users";
import type { Store } from "upgate/store/store";
import type { StampedRecord } from "upgate/update/events";
import type { Trial } from "upgate/update/trial";
import type { Updater } from "upgate/update/updater";
import type { Device } from "../modules/ecma419/device.js";

export interface ManagementParts {
	device: Device;
	settings: Settings;
	updater: Updater;
	/** Holds the records; its wear is shown. */
	store: Pick<Store, "status">;
	trial: Pick<Trial, "records" | "pending">;
}

function makePorts({ device, settings, updater, store, trial }: ManagementParts): AgentPorts {
	return {
		settings,
		store: trial.records,
		board: device.board,
		update: {
			trigger: (cause, requester) => updater.trigger(cause, requester),
			get trial() {
				return trial.pending;
			},
		},
		restart: (reason) => updater.restart(reason),
		wear: () => store.status(),
	};
}

type Tell = (line: string) => void;

function told(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

export class Management {
	/** `undefined` while it is switched off. */
	readonly agent: Agent | undefined;
	readonly #parts: ManagementParts;
	readonly #config: AgentConfig;
	readonly #tell: Tell;
	#reading = false;

	/** @param tell takes lines for people: what is wrong with the parameters */
	constructor(parts: ManagementParts, tell: Tell) {
		const { board, io, timer } = parts.device;
		this.#parts = parts;
		this.#tell = tell;
		const config = readConfig((name) => parts.settings.text(name));
		this.#config = { ...config, port: Number(board.option("port.snmp") ?? config.port) };
		if (!config.enabled) return;
		this.agent = new Agent({
			io: io.UDP,
			timer,
			ports: makePorts(parts),
			config: this.#config,
			crypto: psaCrypto,
			address: board.option("listen"),
		});
	}

	/** Opens the port. */
	start(): void {
		this.#config.problems.forEach(this.#tell);
		try {
			this.agent?.start();
		} catch (error) {
			this.#tell(`snmp: port ${this.#config.port} cannot be opened: ${told(error)}`);
		}
		if (this.agent !== undefined) void this.#readUsers();
		this.#parts.settings.onChange = () => this.#changed();
		this.#changed();
	}

	/** Takes each event of the update. */
	note(record: StampedRecord): void {
		const actions = this.agent?.context.actions;
		if (record.event === "verdict") actions?.verdict(record);
		if (record.event === "restart") actions?.restarting();
	}

	/** In a turn of its own, when whoever changes the settings has done so, and saved. */
	#changed(): void {
		if (this.#reading || !hasPasswords(this.#parts.settings)) return;
		this.#parts.device.timer.set(() => void this.#readUsers(), 0);
	}

	async #readUsers(): Promise<void> {
		if (this.#reading) return;
		this.#reading = true;
		const { device, settings, trial } = this.#parts;
		const engineID = engineIDOf(device.board.mac);
		try {
			const parts = { settings, store: trial.records, crypto: psaCrypto, timer: device.timer, engineID };
			const { users, problems } = await readUsers(parts);
			problems.forEach(this.#tell);
			if (this.agent !== undefined) this.agent.users = users;
		} catch (error) {
			this.#tell(`snmp: users: ${told(error)}`);
		}
		this.#reading = false;
	}
}
