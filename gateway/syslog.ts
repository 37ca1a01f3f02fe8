// SPDX-License-Identifier: Apache-2.0
//
// Events to the syslog server of the settings, as they are at that moment.

import type { Settings } from "upgate/settings/settings";
import { SyslogClient } from "upgate/syslog/client";
import type { Destination } from "upgate/syslog/sender";
import type { StampedRecord } from "upgate/update/events";
import { macText } from "upgate/update/user-agent";
import type { Gear } from "./gear.js";
import type { Resolver } from "../modules/ecma419/resolver.js";

function destinationOf(settings: Settings): Destination | undefined {
	const host = settings.text("SyslogServerIP");
	if (!settings.flag("EnableSyslog") || host === "" || host === "0.0.0.0") return undefined;
	return { host, port: Number(settings.text("SyslogServerPort")) };
}

export interface SyslogParts {
	device: Gear;
	settings: Settings;
	resolver: Resolver;
}

/** HOSTNAME is the gateway's name, else its MAC address: what the receiver shall know it by. */
function makeClient({ device: { io, timer, board }, settings, resolver }: SyslogParts): SyslogClient {
	return new SyslogClient({
		io: io.UDP,
		resolver,
		timer,
		clock: board.clock,
		destination: () => destinationOf(settings),
		facility: () => Number(settings.text("SyslogFacility")),
		hostName: () => settings.text("HostName") || macText(board.mac),
		application: board.application.name,
	});
}

export class Syslog {
	readonly #parts: SyslogParts;
	/** The heap is small: nothing is made before it is wanted. */
	#client: SyslogClient | undefined;

	constructor(parts: SyslogParts) {
		this.#parts = parts;
	}

	note(record: StampedRecord): void {
		if (this.#client === undefined && destinationOf(this.#parts.settings) === undefined) return;
		this.#client ??= makeClient(this.#parts);
		this.#client.send(record);
	}
}
