// SPDX-License-Identifier: Apache-2.0
//
// What serves others beside the update: one file of this folder for each, and all of them as one here. They start when the update says
// that the gateway is operational, and are told every event.

import type { Command } from "upgate/console/commands";
import type { StampedRecord } from "upgate/update/events";
import type { TraceRing } from "upgate/trace/ring";
import type { Updater } from "upgate/update/updater";
import { Log } from "./log.js";
import { makeSIP, type SIPParts } from "./sip.js";
import { Management, type ManagementParts } from "./snmp.js";
import { makeSyslog, type SyslogParts } from "./syslog.js";
import { makeTrace } from "./trace.js";
import { Wear, type WearParts } from "./wear.js";
import { makeWeb, type WebParts } from "./web.js";

export interface Service {
	/** Opens ports. A service that cannot start says so itself, and holds up nothing. */
	start?(): void;
	/** Why it does not work though the settings switch it on; asked once, after `start`. */
	complaint?(): string | undefined;
	/** Takes each event of the update. */
	note?(record: StampedRecord): void;
	/** For who listens: a line of `show memory` with bytes of heap, idle and now, or that it is off. */
	memory?(): string;
	/** Its commands at the console. */
	readonly commands?: readonly Command[];
}

export type ServiceParts = ManagementParts &
	SyslogParts &
	SIPParts &
	WearParts &
	Omit<WebParts, "trace" | "log" | "wear"> & { updater: Updater };

export class Services {
	readonly #all: readonly Service[];
	readonly #tell: (line: string) => void;
	/** The last attempts of the update. */
	readonly trace: TraceRing;

	/** @param tell takes lines for people */
	constructor(parts: ServiceParts, tell: (line: string) => void) {
		this.#tell = tell;
		const trace = makeTrace(parts.trial.records, parts.device.board, () => parts.updater.status());
		this.trace = trace.ring;
		const management = new Management({ ...parts, trace: trace.ring }, tell);
		const log = new Log();
		const wear = new Wear(parts);
		// The log before the pages, which show it.
		const web = makeWeb({ ...parts, trace: trace.ring, log: log.ring, wear }, tell);
		this.#all = [trace, log, wear, makeSyslog(parts), makeSIP(parts), management, web];
	}

	start(): void {
		for (const service of this.#all) {
			service.start?.();
			const complaint = service.complaint?.();
			if (complaint !== undefined) this.#tell(complaint);
		}
	}

	note(record: StampedRecord): void {
		for (const service of this.#all) service.note?.(record);
	}

	*memory(): Iterable<string> {
		for (const service of this.#all) if (service.memory !== undefined) yield service.memory();
	}

	/** Made one service after the other. */
	*commands(): Iterable<Command> {
		for (const { commands = [] } of this.#all) yield* commands;
	}
}
