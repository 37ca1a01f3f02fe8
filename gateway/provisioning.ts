// SPDX-License-Identifier: Apache-2.0
//
// What the network's DHCP server says about provisioning, for a gateway that has no URL of its own (DHCPEnable = 1). The first update
// waits a little for it; an answer that comes later is a trigger.

import { InformClient } from "upgate/dhcp/client";
import type { Reply } from "upgate/dhcp/packet";
import { defaultHostName, readProvisioning, readTimeServers, type Provisioning } from "upgate/dhcp/provisioning";
import { redact } from "upgate/http/url";
import type { Settings } from "upgate/settings/settings";
import type { TriggerCause } from "upgate/update/events";
import type { ProvidedPort } from "upgate/update/interfaces";
import type { TimerHandle } from "../modules/ecma419/timer.js";
import type { Gear } from "./gear.js";

/** How long the first update waits for an answer: two tries. */
const patienceMs = 13_000;

export interface ProvisioningHooks {
	/** Our own address. */
	address(): string | undefined;
	/** One line for people. */
	onNotice(text: string): void;
	/** The answer came after the first update: a trigger. */
	onLate(server: string): void;
}

/** The name for option 12. */
export function hostNameOf(settings: Settings, mac: Uint8Array): string {
	return settings.text("HostName") || defaultHostName(mac);
}

export class NetworkProvisioning implements ProvidedPort {
	readonly #device: Gear;
	readonly #settings: Settings;
	readonly #hooks: ProvisioningHooks;
	/** Made when something is asked. */
	#client: InformClient | undefined;
	#found: Provisioning | undefined;
	#timeServers: string[] = [];
	#patience: TimerHandle | undefined;
	#onReady: ((cause?: TriggerCause) => void) | undefined;

	constructor(device: Gear, settings: Settings, hooks: ProvisioningHooks) {
		this.#device = device;
		this.#settings = settings;
		this.#hooks = hooks;
	}

	/** Asks, and calls `onReady` once: with the answer, without one, or at once when there is nothing to ask. */
	begin(onReady: (cause?: TriggerCause) => void): void {
		if (!this.wanted) return onReady();
		this.#onReady = onReady;
		this.#patience = this.#device.timer.set(() => {
			this.#patience = undefined;
			this.ready(undefined);
		}, patienceMs);
		this.#client ??= this.makeClient();
		this.#client.start();
	}

	urls(parameter: string): readonly string[] {
		if (!this.wanted || this.#found === undefined) return [];
		if (parameter === "IniFileURL") return this.#found.ini;
		return parameter === "AutoCmpFileUrl" && this.#found.firmware !== undefined ? [this.#found.firmware] : [];
	}

	/** Option 42. */
	timeServers(): string[] {
		return this.wanted ? this.#timeServers : [];
	}

	private get wanted(): boolean {
		const text = (name: string): string => this.#settings.text(name);
		return text("DHCPEnable") === "1" && text("IniFileURL") === "" && text("TemplateUrl") === "";
	}

	private makeClient(): InformClient {
		const { io, timer, board, random } = this.#device;
		return new InformClient({
			...{ io: io.UDP, timer, random, mac: board.mac, hostName: hostNameOf(this.#settings, board.mac) },
			tftp: this.#settings.text("DHCPRequestTFTPParams") === "1",
			address: () => this.#hooks.address(),
			onReply: (reply) => this.take(reply),
			onSilence: () => this.#hooks.onNotice("no DHCP server answers; asked again later"),
		});
	}

	private take(reply: Reply): void {
		const { board } = this.#device;
		const tftp = this.#settings.text("DHCPRequestTFTPParams") === "1";
		const found = readProvisioning(reply, { product: board.application.name, tftp });
		this.#found = found;
		this.#timeServers = readTimeServers(reply);
		this.#hooks.onNotice(describe(reply.server, found));
		const usable = found.ini.length > 0 || found.firmware !== undefined;
		if (this.#onReady !== undefined) this.ready(usable ? "dhcp" : undefined);
		else if (usable && this.wanted) this.#hooks.onLate(reply.server);
	}

	private ready(cause: TriggerCause | undefined): void {
		const onReady = this.#onReady;
		this.#device.timer.clear(this.#patience);
		this.#patience = this.#onReady = undefined;
		onReady?.(cause);
	}
}

function describe(server: string, { ini, firmware, source, problem }: Provisioning): string {
	const from = `server ${server === "" ? "without a name" : server}`;
	if (problem !== undefined) return `${from}: not used: ${problem}`;
	if (source === "") return `${from} says nothing about provisioning`;
	const firmwarePart = firmware === undefined ? "" : `, firmware ${redact(firmware)}`;
	return `${from}, ${source}: configuration ${ini.length === 0 ? "none" : redact(ini[0])}${firmwarePart}`;
}
