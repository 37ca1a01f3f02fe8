// SPDX-License-Identifier: Apache-2.0
//
// Events to the syslog server of the settings, as they are at that moment.

import type { Settings } from "upgate/settings/settings";
import { SyslogClient } from "upgate/syslog/client";
import type { Destination } from "upgate/syslog/sender";
import type { StampedRecord } from "upgate/update/events";
import { macText } from "upgate/update/user-agent";
import type { Device } from "../modules/ecma419/device.js";
import type { Resolver } from "../modules/ecma419/resolver.js";

function destinationOf(settings: Settings): Destination | undefined {
	const host = settings.text("SyslogServerIP");
	if (!settings.flag("EnableSyslog") || host === "" || host === "0.0.0.0") return undefined;
	return { host, port: Number(settings.text("SyslogServerPort")) };
}

export interface SyslogParts {
	device: Device;
	settings: Settings;
	resolver: Resolver;
}

/** HOSTNAME is the gateway's name, else its MAC address: what the receiver shall know it by. */
export function makeSyslog({ device: { io, timer, board }, settings, resolver }: SyslogParts): {
	note(record: StampedRecord): void;
} {
	const client = new SyslogClient({
		io: io.UDP,
		resolver,
		timer,
		clock: board.clock,
		destination: () => destinationOf(settings),
		facility: () => Number(settings.text("SyslogFacility")),
		hostName: () => settings.text("HostName") || macText(board.mac),
		application: board.application.name,
	});
	return { note: (record) => client.send(record) };
}
