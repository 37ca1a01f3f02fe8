// SPDX-License-Identifier: Apache-2.0
//
// What serves others beside the update: one file of this folder for each, and all of them as one here. They start when the update says
// that the gateway is operational, and are told every event.

import type { Command } from "upgate/console/commands";
import type { StampedRecord } from "upgate/update/events";
import type { TraceRing } from "upgate/trace/ring";
import { Log } from "./log.js";
import { SIPService, type SIPParts } from "./sip.js";
import { Management, type ManagementParts } from "./snmp.js";
import { Syslog, type SyslogParts } from "./syslog.js";
import { Trace, type TraceParts } from "./trace.js";
import { Wear, type WearParts } from "./wear.js";
import { WebService, type WebParts } from "./web.js";

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
	readonly commands?: Iterable<Command>;
}

export type ServiceParts = ManagementParts & SyslogParts & SIPParts & TraceParts & WearParts & WebParts;

export class Services {
	readonly #all: readonly Service[];
	readonly #tell: (line: string) => void;
	/** The last attempts of the update. */
	readonly trace: TraceRing;

	/** @param tell takes lines for people */
	constructor(parts: ServiceParts, tell: (line: string) => void) {
		this.#tell = tell;
		const trace = new Trace(parts);
		const { ring } = trace;
		this.trace = ring;
		const log = new Log();
		const wear = new Wear(parts);
		const web = new WebService(parts, { trace: ring, log: log.ring, wear }, tell);
		const listeners = [new SIPService(parts), new Management(parts, ring, tell), web];
		/* The log before the pages, which show it. */
		this.#all = [trace, log, wear, new Syslog(parts), ...listeners];
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

	*commands(): Iterable<Command> {
		for (const { commands = [] } of this.#all) yield* commands;
	}
}
