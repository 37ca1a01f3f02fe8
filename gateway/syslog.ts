// SPDX-License-Identifier: Apache-2.0
//
// Events to the syslog server of the settings, as they are at that moment.

import type { Settings } from "upgate/settings/settings";
import { SyslogClient, type SyslogClientOptions } from "upgate/syslog/client";
import type { Destination } from "upgate/syslog/sender";
import type { StampedRecord } from "upgate/update/events";
import { macText } from "upgate/update/user-agent";
import type { Gear } from "./gear.js";
import type { Resolver } from "../modules/ecma419/resolver.js";

export interface SyslogParts {
	device: Gear;
	settings: Settings;
	resolver: Resolver;
}

export class Syslog implements SyslogClientOptions {
	readonly #parts: SyslogParts;
	/** The heap is small: nothing is made before it is wanted. */
	#client: SyslogClient | undefined;

	constructor(parts: SyslogParts) {
		this.#parts = parts;
	}

	note(record: StampedRecord): void {
		if (this.#client === undefined && this.destination() === undefined) return;
		this.#client ??= new SyslogClient(this);
		this.#client.send(record);
	}

	get io(): Gear["io"]["UDP"] {
		return this.#parts.device.io.UDP;
	}

	get resolver(): Resolver {
		return this.#parts.resolver;
	}

	get timer(): Gear["timer"] {
		return this.#parts.device.timer;
	}

	get clock(): Gear["board"]["clock"] {
		return this.#parts.device.board.clock;
	}

	get application(): string {
		return this.#parts.device.board.application.name;
	}

	destination(): Destination | undefined {
		const { settings } = this.#parts;
		const host = settings.text("SyslogServerIP");
		if (!settings.flag("EnableSyslog") || host === "" || host === "0.0.0.0") return undefined;
		return { host, port: Number(settings.text("SyslogServerPort")) };
	}

	facility(): number {
		return Number(this.#parts.settings.text("SyslogFacility"));
	}

	/** The gateway's name, else its MAC address: what the receiver shall know it by. */
	hostName(): string {
		const { settings, device } = this.#parts;
		return settings.text("HostName") || macText(device.board.mac);
	}
}
