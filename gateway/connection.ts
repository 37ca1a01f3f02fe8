// SPDX-License-Identifier: Apache-2.0
//
// Network and clock: kept up by this program where the host leaves that to it, and the update waits for them, not for ever.

import { Network } from "upgate/network/network";
import { TimeClient, type TimeClientOptions } from "upgate/network/time-client";
import type { Settings } from "upgate/settings/settings";
import type { TriggerCause } from "upgate/update/events";
import type { ProvidedPort, RecordStore } from "upgate/update/interfaces";
import type { Device } from "../modules/ecma419/device.js";
import { hostNameOf, NetworkProvisioning } from "./provisioning.js";

/** How long the update waits for a network: a trial must not outlast its time because there is none. */
const networkPatienceMs = 60000;

/** Sets the clock by the server of the settings and those of DHCP. */
function makeTimeClient(
	{ io, timer, board, network }: Device,
	settings: Settings,
	resolver: TimeClientOptions["resolver"],
	provisioning: Pick<NetworkProvisioning, "timeServers">,
): TimeClient {
	const intervalMs = (): number => Number(settings.text("NTPUpdateInterval")) * 1000;
	const servers = (): string[] =>
		intervalMs() === 0
			? []
			: [settings.text("NTPServerIP"), ...(network?.timeServers() ?? []), ...provisioning.timeServers()].filter(
					(server) => server !== "",
				);
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
	/** URLs that the network gives. */
	provided: ProvidedPort;
	start(): void;
}

export interface ConnectionOptions {
	device: Device;
	settings: Settings;
	store: RecordStore;
	resolver: TimeClientOptions["resolver"];
	/** Called once: at the first connection, or when it takes too long; with a cause where the network gives a URL. */
	onReady: (cause?: TriggerCause) => void;
	/** The network gives a URL after that. */
	onLate: (server: string) => void;
	/** One line for people. */
	onNotice: (text: string) => void;
}

/** Brings up network and clock, and asks the network what it knows about provisioning. */
export function makeConnection({ device, settings, store, resolver, ...hooks }: ConnectionOptions): Connection {
	const { timer, board, network: ports } = device;
	const address = (): string | undefined =>
		network === undefined ? device.localAddress?.() : network.status().address;
	const provisioning = new NetworkProvisioning(device, settings, { ...hooks, address });
	const time = makeTimeClient(device, settings, resolver, provisioning);
	const ask = (): void =>
		provisioning.begin((cause) => {
			if (provisioning.timeServers().length > 0) time.start();
			hooks.onReady(cause);
		});
	let ready = false;
	const once = (): void => {
		if (!ready) ask();
		ready = true;
	};
	const onUp = (): void => {
		time.start();
		once();
	};
	const hostName = hostNameOf(settings, board.mac);
	const network =
		ports === undefined ? undefined : new Network({ ports, store, timer, hostName, onUp, onDown: () => time.stop() });
	const start = (): void => {
		if (network === undefined) return onUp();
		timer.set(once, networkPatienceMs);
		network.start();
	};
	return { provided: provisioning, start, ...(network === undefined ? {} : { network }) };
}
