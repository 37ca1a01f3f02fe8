// SPDX-License-Identifier: Apache-2.0
//
// The SNMP agent, when the settings switch it on: what it reads and starts in this gateway. Passwords of users are made into keys
// whether it is on or not.

import { toHex } from "upgate/bytes/hex";
import type { Command } from "upgate/console/commands";
import { snmpCommands, type SNMPStatus } from "upgate/console/snmp-commands";
import type { Settings } from "upgate/settings/settings";
import { Agent } from "upgate/snmp/agent";
import type { RingPort } from "upgate/snmp/attempts";
import { readConfig, type AgentConfig } from "upgate/snmp/config";
import { psaCrypto } from "upgate/snmp/crypto";
import { engineIDOf } from "upgate/snmp/engine";
import { severity, type Notification } from "upgate/snmp/notification";
import { hasPasswords, readUsers, type UserParts } from "upgate/snmp/users";
import type { User } from "upgate/snmp/usm";
import type { StampedRecord } from "upgate/update/events";
import type { Trial } from "upgate/update/trial";
import type { Gear } from "./gear.js";
import { growth, heapLine } from "./heap.js";
import { type ManagementParts, Ports } from "./snmp-ports.js";

export type { ManagementParts } from "./snmp-ports.js";

const maxEarly = 2;

type Tell = (line: string) => void;

function told(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

type Verdict = Extract<StampedRecord, { event: "verdict" }>;
type Request = Extract<StampedRecord, { event: "request" }>;

function downloadResult({ result, reason }: Verdict, request: Request | undefined): Notification {
	const bad = result === "failed" || result === "rolled-back";
	const from = request === undefined ? {} : { status: request.status, url: request.url };
	const grade = bad ? severity.minor : severity.cleared;
	return { kind: "download-result", description: `${result}: ${reason}`, severity: grade, ...from };
}

export class Management implements UserParts {
	/** `undefined` while it is switched off. */
	readonly agent: Agent | undefined;
	readonly #parts: ManagementParts;
	readonly #config: AgentConfig;
	readonly #tell: Tell;
	/** What agent and port took, bytes. */
	#heap = 0;
	/** `waiting`: the users are to be read when the update is over. */
	#users: "read" | "reading" | "waiting" = "read";
	/** What came before the start was told. */
	#early: Notification[] | undefined = [];
	/** The last of the present run. */
	#request: Request | undefined;

	/**
	 * @param trace attempts that are remembered
	 * @param tell takes lines for people: what is wrong with the parameters
	 */
	constructor(parts: ManagementParts, trace: RingPort, tell: Tell) {
		const { board } = parts.device;
		this.#parts = parts;
		this.#tell = tell;
		const config = readConfig((name) => parts.settings.text(name));
		this.#config = { ...config, port: Number(board.option("port.snmp") ?? config.port) };
		if (!config.enabled) return;
		let agent: Agent | undefined;
		this.#heap = growth(board, () => {
			agent = new Agent(new Ports(parts, trace, this.#config));
		});
		this.agent = agent;
	}

	get commands(): Iterable<Command> {
		return snmpCommands({ board: this.#parts.device.board, status: () => this.status() });
	}

	/** Opens the port. */
	start(): void {
		this.#config.problems.forEach(this.#tell);
		try {
			this.#heap += growth(this.#parts.device.board, () => this.agent?.start());
		} catch (error) {
			this.#tell(`snmp: port ${this.#config.port} cannot be opened: ${told(error)}`);
		}
		if (this.agent !== undefined) this.readInTurn();
		this.#parts.settings.onChange = () => this.changed();
		this.changed();
	}

	memory(): string {
		if (this.agent === undefined) return heapLine("snmp", "off (DisableSNMP = 1)");
		const { held, mostHeld } = this.agent;
		return heapLine("snmp", `${this.#heap} when opened; kept of requests, and buffers: now ${held}, most ${mostHeld}`);
	}

	/** Takes each event of the update. */
	note(record: StampedRecord): void {
		const { agent } = this;
		if (record.event === "verdict" && this.#users === "waiting") {
			this.#users = "read";
			this.changed();
		}
		if (agent === undefined) return;
		if (record.event === "request") this.#request = record;
		if (record.event === "verdict") {
			agent.context.actions.verdict(record);
			this.notify(downloadResult(record, this.#request));
			this.#request = undefined;
		}
		if (record.event === "restart") {
			agent.context.actions.restarting();
			this.notify({ kind: "resetting", description: record.reason, severity: severity.indeterminate });
		}
	}

	private status(): SNMPStatus | undefined {
		const { agent } = this;
		if (agent === undefined) return undefined;
		const { communities, managers, port } = this.#config;
		const { engine, counters } = agent.context;
		return {
			listening: agent.listening,
			port,
			communities: communities.length,
			users: agent.userNames,
			managers: managers.length,
			boots: engine.boots,
			engineID: toHex(engine.id),
			counters: { ...counters },
		};
	}

	/** Nothing is sent before the users have their keys: the managers may want SNMPv3. */
	private notify(notification: Notification): void {
		if (this.#early === undefined) this.agent?.notify(notification);
		else if (this.#early.length < maxEarly) this.#early.push(notification);
	}

	private tellStart(): void {
		const { resetReason, application } = this.#parts.device.board;
		const description = `${application.name} ${application.version} started: ${resetReason}`;
		const early = this.#early ?? [];
		this.#early = undefined;
		this.notify({ kind: "cold-start", description: "", severity: severity.indeterminate });
		this.notify({ kind: "started", description, severity: severity.indeterminate });
		for (const notification of early) this.notify(notification);
	}

	get settings(): Settings {
		return this.#parts.settings;
	}

	get store(): Trial["records"] {
		return this.#parts.trial.records;
	}

	get crypto(): typeof psaCrypto {
		return psaCrypto;
	}

	get timer(): Gear["timer"] {
		return this.#parts.device.timer;
	}

	get engines(): readonly Uint8Array[] {
		return this.agent?.engines ?? [engineIDOf(this.#parts.device.board.mac)];
	}

	onProblem(problem: string): void {
		this.#tell(problem);
	}

	onUsers(users: User[]): void {
		if (this.agent !== undefined) this.agent.users = users;
		this.read();
	}

	onFailed(error: unknown): void {
		this.#tell(`snmp: users: ${told(error)}`);
		this.read();
	}

	private read(): void {
		this.#users = "read";
		if (this.agent !== undefined && this.#early !== undefined) this.tellStart();
	}

	private changed(): void {
		if (this.#users === "read" && hasPasswords(this.settings)) this.readInTurn();
	}

	/** In a turn of its own, when whoever changes the settings has done so, and saved. It goes deep into the stack, and so do its callers. */
	private readInTurn(): void {
		if (this.#users === "reading") return;
		this.#users = "reading";
		this.timer.set(() => this.readUsers(), 0);
	}

	/** Not while an update is at work, which has the memory then, and may take its settings back. */
	private readUsers(): void {
		const isFirst = this.agent !== undefined && this.#early !== undefined;
		if (!isFirst && this.#parts.updater.status().phase === "running") {
			this.#users = "waiting";
			return;
		}
		try {
			readUsers(this);
		} catch (error) {
			this.onFailed(error);
		}
	}
}
