// SPDX-License-Identifier: Apache-2.0
//
// What the SNMP agent is made of, and what it reads and starts in this gateway.

import type { FileStore } from "upgate/files/files";
import type { Settings } from "upgate/settings/settings";
import type { AgentOptions } from "upgate/snmp/agent";
import { AttemptTable, type RingPort } from "upgate/snmp/attempts";
import type { AgentConfig } from "upgate/snmp/config";
import type { AgentPorts } from "upgate/snmp/context";
import { psaCrypto } from "upgate/snmp/crypto";
import type { Store } from "upgate/store/store";
import type { LineStatePort } from "upgate/update/line-state";
import type { Trial } from "upgate/update/trial";
import type { Updater } from "upgate/update/updater";
import type { DebugPorts } from "./debug.js";
import type { Gear } from "./gear.js";

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

/** What the agent is made of, and what it reads and starts. */
export class Ports implements AgentOptions, AgentPorts {
	readonly #parts: ManagementParts;
	readonly attempts: AttemptTable;
	readonly config: AgentConfig;

	constructor(parts: ManagementParts, trace: RingPort, config: AgentConfig) {
		this.#parts = parts;
		this.attempts = new AttemptTable(trace, parts.device.ticks);
		this.config = config;
	}

	get io(): Gear["io"]["UDP"] {
		return this.#parts.device.io.UDP;
	}

	get timer(): Gear["timer"] {
		return this.#parts.device.timer;
	}

	get ticks(): Gear["ticks"] {
		return this.#parts.device.ticks;
	}

	get ports(): AgentPorts {
		return this;
	}

	get crypto(): typeof psaCrypto {
		return psaCrypto;
	}

	get address(): string | undefined {
		return this.board.option("listen");
	}

	get debug(): DebugPorts["snmp"] {
		return this.#parts.debug.snmp;
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
