// SPDX-License-Identifier: Apache-2.0
//
// The SNMP agent, when the settings switch it on: what it reads and starts in this gateway. Passwords of users are made into keys
// whether it is on or not.

import { toHex } from "upgate/bytes/hex";
import type { Command } from "upgate/console/commands";
import { snmpCommands, type SNMPStatus } from "upgate/console/snmp-commands";
import type { FileStore } from "upgate/files/files";
import type { Settings } from "upgate/settings/settings";
import { Agent } from "upgate/snmp/agent";
import { AttemptTable, type RingPort } from "upgate/snmp/attempts";
import { readConfig, type AgentConfig } from "upgate/snmp/config";
import type { AgentPorts } from "upgate/snmp/context";
import { psaCrypto } from "upgate/snmp/crypto";
import { engineIDOf } from "upgate/snmp/engine";
import { severity, type Notification } from "upgate/snmp/notification";
import { hasPasswords, readUsers, type UserParts } from "upgate/snmp/users";
import type { User } from "upgate/snmp/usm";
import type { Store } from "upgate/store/store";
import type { StampedRecord } from "upgate/update/events";
import type { LineStatePort } from "upgate/update/line-state";
import type { Trial } from "upgate/update/trial";
import type { Updater } from "upgate/update/updater";
import type { DebugPorts } from "./debug.js";
import type { Gear } from "./gear.js";
import { growth, heapLine } from "./heap.js";

export interface ManagementParts {
	device: Gear;
	settings: Settings;
	updater: Updater;
	/** Holds the records; its wear is shown. */
	store: Pick<Store, "status">;
	trial: Pick<Trial, "records" | "pending">;
	/** Calls, which a graceful restart waits for. */
	lines?: LineStatePort;
	debug: Pick<DebugPorts, "snmp">;
	/** Files of updates; their names are shown. */
	files?: Pick<FileStore, "has">;
}

/** What the objects of acSysFile are called in the file store. The others, of certificates and of XML, have no file there. */
const storedNames: Readonly<Record<string, string>> = Object.freeze({
	cpt: "cpt",
	vp: "vp",
	prt: "prt",
	coder: "codr",
	"user-info": "usrinf",
	"dial-plan": "dpln",
});

/** @returns the name that `file list` has for it, "" while there is no such file */
function nameOf(files: Pick<FileStore, "has"> | undefined, kind: string): string {
	const name = storedNames[kind] ?? "";
	return name !== "" && files?.has(name) ? name : "";
}

/** What the agent reads and starts. */
class Ports implements AgentPorts {
	readonly #parts: ManagementParts;
	readonly attempts: AttemptTable;

	constructor(parts: ManagementParts, trace: RingPort) {
		this.#parts = parts;
		this.attempts = new AttemptTable(trace, parts.device.ticks);
	}

	get settings(): Settings {
		return this.#parts.settings;
	}

	get store(): Trial["records"] {
		return this.#parts.trial.records;
	}

	get board(): Gear["board"] {
		return this.#parts.device.board;
	}

	get line(): LineStatePort | undefined {
		return this.#parts.lines;
	}

	/** Something has still to prove itself. */
	get trial(): boolean {
		return this.#parts.trial.pending;
	}

	trigger(cause: "snmp", requester?: string): unknown {
		return this.#parts.updater.trigger(cause, requester);
	}

	restart(reason: string, graceful: boolean): void {
		this.#parts.updater.restart(reason, graceful);
	}

	wear(): ReturnType<Store["status"]> {
		return this.#parts.store.status();
	}

	fileName(kind: string): string {
		return nameOf(this.#parts.files, kind);
	}
}

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
		const { board, io, timer, ticks } = parts.device;
		this.#parts = parts;
		this.#tell = tell;
		const config = readConfig((name) => parts.settings.text(name));
		this.#config = { ...config, port: Number(board.option("port.snmp") ?? config.port) };
		if (!config.enabled) return;
		let agent: Agent | undefined;
		this.#heap = growth(board, () => {
			agent = new Agent({
				...{ io: io.UDP, timer, ticks, ports: new Ports(parts, trace) },
				debug: parts.debug.snmp,
				...{ config: this.#config, crypto: psaCrypto, address: board.option("listen") },
			});
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
		if (record.event === "verdict" && this.#users === "waiting") this.readInTurn();
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
