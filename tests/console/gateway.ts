// SPDX-License-Identifier: Apache-2.0
//
// A gateway as far as its console commands need one, and a terminal to type them on.

import { Candidate } from "../../modules/console/candidate.js";
import { gatewayCommands, type GatewayPorts } from "../../modules/console/gateway-commands.js";
import type { FileSource } from "../../modules/console/commands.js";
import type { Board } from "../../modules/ecma419/board.js";
import { Settings } from "../../modules/settings/settings.js";
import { UpdateError } from "../../modules/update/error.js";
import type { UpdateStatus } from "../../modules/update/status.js";
import { FakeStore } from "../settings/support.js";
import { FakeCertificates } from "./certificates.js";
import { keys, Terminal } from "./terminal.js";

const idle: UpdateStatus = {
	phase: "idle",
	causes: [],
	file: undefined,
	done: 0,
	total: undefined,
	queued: false,
	trial: false,
	last: undefined,
	next: undefined,
	crashes: 0,
};

const use = { now: 1234, peak: 56789, size: 1048576 };
const board = {
	application: {
		name: "upgate",
		version: "1.2.3",
		secureVersion: 4,
		builtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
		sha256: "ab".repeat(32),
	},
	resetReason: "software",
	mac: new Uint8Array([0x00, 0x90, 0x8f, 0x1d, 0xd0, 0xd3]),
	chip: 0,
	runningSlot: 1,
	clock: { now: () => Date.UTC(2026, 5, 1), source: "http", set: () => undefined, ticks: () => 61_500 },
	memory: () => ({ slots: use, chunks: use, stack: use, native: { ...use, size: 0 } }),
	option: () => undefined,
	event: () => undefined,
	random: () => undefined,
	restart: () => undefined,
} as Board;

export class Gateway {
	readonly store = new FakeStore();
	readonly settings = new Settings({ store: this.store });
	readonly done: string[] = [];
	status = idle;
	/** What becomes of firmware that is loaded. */
	upload: (source: FileSource) => Promise<{ version: string; slot: number }> = () =>
		Promise.reject(new UpdateError("UPDATE_BUSY", "an update or a restart is on its way"));
	readonly ports: GatewayPorts = {
		board,
		settings: this.settings,
		candidate: new Candidate(this.settings),
		certificates: new FakeCertificates(),
		update: {
			trigger: (cause) => this.done.push(`update ${cause}`),
			status: () => this.status,
			firmware: {
				switch: () => this.done.push("switch"),
				confirm: () => {
					throw new UpdateError("UPDATE_NO_TRIAL", "nothing is on trial");
				},
				rollback: () => this.done.push("rollback"),
			},
			upload: (source) => this.upload(source),
		},
		attempt: (number) => [`attempt ${number}`],
		listeners: () => ["sip         14744 when opened", "snmp        off"],
		slots: () => ["ota_0  upgate 1.0.0  VALID", "ota_1  upgate 1.2.3  VALID, running"],
		restart: (reason) => this.done.push(`restart ${reason}`),
	};
	readonly terminal = new Terminal({ columns: 200, commands: [...gatewayCommands(this.ports)] });

	/** @returns what the command answered */
	type(line: string): string[] {
		const before = this.terminal.lines.length;
		this.terminal.type(`${line}\r`);
		return this.terminal.lines.slice(Math.max(before, 1), -1);
	}

	/** What the arrow key brings back. */
	recall(): string {
		this.terminal.type(keys.up);
		const line = this.terminal.screen.bottom;
		this.terminal.type(keys.cancel);
		return line.replace(/^>[ ]?/, "");
	}
}
