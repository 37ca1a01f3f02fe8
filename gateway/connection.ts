// SPDX-License-Identifier: Apache-2.0
//
// Network and clock: kept up by this program where the host leaves that to it, and the update waits for them, not for ever.

import { Network } from "upgate/network/network";
import { TimeClient, type TimeClientOptions } from "upgate/network/time-client";
import type { Settings } from "upgate/settings/settings";
import type { RecordStore } from "upgate/update/interfaces";
import type { Device } from "../modules/ecma419/device.js";

/** How long the update waits for a network: a trial must not outlast its time because there is none. */
const networkPatienceMs = 60000;

/** Sets the clock by the server of the settings and those of DHCP. */
function makeTimeClient(
	{ io, timer, board, network }: Device,
	settings: Settings,
	resolver: TimeClientOptions["resolver"],
): TimeClient {
	const intervalMs = (): number => Number(settings.text("NTPUpdateInterval")) * 1000;
	const servers = (): string[] =>
		intervalMs() === 0
			? []
			: [settings.text("NTPServerIP"), ...(network?.timeServers() ?? [])].filter((server) => server !== "");
	return new TimeClient({
		io: io.UDP,
		resolver,
		timer,
		clock: board.clock,
		random: (bytes) => board.random(bytes),
		servers,
		intervalMs,
		earliestMs: board.application.builtMs,
	});
}

export interface Connection {
	/** Where keeping the network up is this program's business. */
	network?: Network;
	start(): void;
}

/** Brings up network and clock. `onReady` is called once: at the first connection, or when it takes too long. */
export function makeConnection(
	device: Device,
	settings: Settings,
	store: RecordStore,
	resolver: TimeClientOptions["resolver"],
	onReady: () => void,
): Connection {
	const { timer, network: ports } = device;
	const time = makeTimeClient(device, settings, resolver);
	const start = (): void => {
		time.start();
		onReady();
	};
	if (ports === undefined) return { start };
	let ready = false;
	const once = (): void => {
		if (!ready) onReady();
		ready = true;
	};
	const onUp = (): void => {
		time.start();
		once();
	};
	const hostName = settings.text("HostName");
	const network = new Network({ ports, store, timer, hostName, onUp, onDown: () => time.stop() });
	return {
		network,
		start: () => {
			timer.set(once, networkPatienceMs);
			network.start();
		},
	};
}
