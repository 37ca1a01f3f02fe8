// SPDX-License-Identifier: Apache-2.0
//
// Network and clock: kept up by this program where the host leaves that to it, and the update waits for them, not for ever.

import { Network, type NetworkOptions } from "upgate/network/network";
import { TimeClient, type TimeClientOptions } from "upgate/network/time-client";
import type { Settings } from "upgate/settings/settings";
import type { TriggerCause } from "upgate/update/events";
import type { RecordStore } from "upgate/update/interfaces";
import type { Gear } from "./gear.js";
import { hostNameOf, NetworkProvisioning, type ProvisioningHooks } from "./provisioning.js";

/** How long the update waits for a network: a trial must not outlast its time because there is none. */
const networkPatienceMs = 60000;

export interface ConnectionOptions {
	device: Gear;
	settings: Settings;
	store: RecordStore;
	resolver: TimeClientOptions["resolver"];
	hooks: ConnectionHooks;
}

export interface ConnectionHooks {
	/** Called once: at the first connection, or when it takes too long; with a cause where the network gives a URL. */
	onReady(cause?: TriggerCause): void;
	/** The network gives a URL after that. */
	onLate(server: string): void;
	/** One line for people. */
	onNotice(text: string): void;
}

/** Sets the clock by the server of the settings and those of DHCP. */
class Clockwork implements TimeClientOptions {
	readonly #options: ConnectionOptions;
	readonly #provisioning: NetworkProvisioning;

	constructor(options: ConnectionOptions, provisioning: NetworkProvisioning) {
		this.#options = options;
		this.#provisioning = provisioning;
	}

	get io(): Gear["io"]["UDP"] {
		return this.#options.device.io.UDP;
	}

	get resolver(): TimeClientOptions["resolver"] {
		return this.#options.resolver;
	}

	get timer(): Gear["timer"] {
		return this.#options.device.timer;
	}

	get clock(): Gear["board"]["clock"] {
		return this.#options.device.board.clock;
	}

	get earliestMs(): number {
		return this.#options.device.board.application.builtMs;
	}

	random(bytes: Uint8Array): void {
		this.#options.device.random(bytes);
	}

	intervalMs(): number {
		return Number(this.#options.settings.text("NTPUpdateInterval")) * 1000;
	}

	servers(): string[] {
		if (this.intervalMs() === 0) return [];
		const { device, settings } = this.#options;
		const given = [...(device.network?.timeServers() ?? []), ...this.#provisioning.timeServers()];
		return [settings.text("NTPServerIP"), ...given].filter((server) => server !== "");
	}
}

/** Brings up network and clock, and asks the network what it knows about provisioning. */
export class Connection implements ProvisioningHooks {
	/** Where keeping the network up is this program's business. */
	readonly network: Network | undefined;
	/** URLs that the network gives. */
	readonly provided: NetworkProvisioning;
	readonly #options: ConnectionOptions;
	readonly #time: TimeClient;
	#ready = false;

	constructor(options: ConnectionOptions) {
		const { device, settings } = options;
		this.#options = options;
		this.provided = new NetworkProvisioning(device, settings, this);
		this.#time = new TimeClient(new Clockwork(options, this.provided));
		const { network: ports } = device;
		if (ports !== undefined) this.network = new Network(this.networkOptions(ports));
	}

	start(): void {
		const { timer } = this.#options.device;
		if (this.network === undefined) return this.up();
		timer.set(() => this.once(), networkPatienceMs);
		this.network.start();
	}

	/** Our own address. */
	address(): string | undefined {
		const { device } = this.#options;
		return this.network === undefined ? device.localAddress?.() : this.network.status().address;
	}

	onNotice(text: string): void {
		this.#options.hooks.onNotice(text);
	}

	onLate(server: string): void {
		this.#options.hooks.onLate(server);
	}

	private networkOptions(ports: NetworkOptions["ports"]): NetworkOptions {
		const { device, settings, store } = this.#options;
		const { timer, board } = device;
		const hostName = hostNameOf(settings, board.mac);
		return { ports, store, timer, hostName, onUp: () => this.up(), onDown: () => this.#time.stop() };
	}

	private up(): void {
		this.#time.start();
		this.once();
	}

	private once(): void {
		if (this.#ready) return;
		this.#ready = true;
		this.provided.begin((cause) => {
			if (this.provided.timeServers().length > 0) this.#time.start();
			this.#options.hooks.onReady(cause);
		});
	}
}
