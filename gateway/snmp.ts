// SPDX-License-Identifier: Apache-2.0
//
// The SNMP agent, when the settings switch it on: what it reads and starts in this gateway.

import type { Settings } from "upgate/settings/settings";
import { Agent } from "upgate/snmp/agent";
import { readConfig } from "upgate/snmp/config";
import type { AgentPorts } from "upgate/snmp/context";
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

export interface Management {
	/** The agent, `undefined` while it is switched off. */
	agent?: Agent;
	/** Opens the port. */
	start(): void;
	/** Takes each event of the update. */
	note(record: StampedRecord): void;
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

/** @param tell takes lines for people: what is wrong with the parameters */
export function makeManagement(parts: ManagementParts, tell: (line: string) => void): Management {
	const { board, io, timer } = parts.device;
	const config = readConfig((name) => parts.settings.text(name));
	if (!config.enabled) return { start: () => config.problems.forEach(tell), note: () => undefined };
	const port = Number(board.option("port.snmp") ?? config.port);
	const agent = new Agent({
		io: io.UDP,
		timer,
		ports: makePorts(parts),
		config: { ...config, port },
		address: board.option("listen"),
	});
	return {
		agent,
		start: () => {
			config.problems.forEach(tell);
			try {
				agent.start();
			} catch (error) {
				tell(`snmp: port ${port} cannot be opened: ${error instanceof Error ? error.message : String(error)}`);
			}
		},
		note: (record) => {
			if (record.event === "verdict") agent.context.actions.verdict(record);
			if (record.event === "restart") agent.context.actions.restarting();
		},
	};
}
