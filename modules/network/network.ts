// SPDX-License-Identifier: Apache-2.0
//
// Keeps the gateway's one network interface connected: Ethernet as it is, Wi-Fi with the credentials of the store, tried
// again with growing pauses. Leaves out: scanning, several networks, static addresses, access point.
// Source: Moddable SDK 8.2.3, documentation/network/network.md, "class WiFi".
//
//   off --credentials--> connecting --address--> up --lost--> waiting --pause over--> connecting
//                        connecting --refused, or 30 s without an address--> waiting

import type { Ethernet, NetworkPorts, WiFi } from "../ecma419/network-interface.js";
import type { TimerHandle, TimerService } from "../ecma419/timer.js";
import { NetworkError } from "./error.js";
import { decodeCredentials, encodeCredentials, wifiRecord } from "./wifi-credentials.js";

/** Where the credentials are kept (module `store`). */
export interface CredentialStore {
	get(name: string): Uint8Array | undefined;
	commit(changes: { name: string; value?: Uint8Array }[]): void;
}

export interface NetworkOptions {
	ports: NetworkPorts;
	store: CredentialStore;
	timer: TimerService;
	/** For DHCP; empty for the platform's own. */
	hostName?: string;
	/** Longest wait for link and address, default 30000. */
	attemptMs?: number;
	/** The interface has an address: at each time anew. */
	onUp?: (address: string) => void;
	/** It has lost it. */
	onDown?: () => void;
}

export interface NetworkStatus {
	kind: "ethernet" | "wifi" | "none";
	state: "off" | "connecting" | "up" | "waiting";
	/** IPv4 literal, while up. */
	address: string | undefined;
	/** Wi-Fi only. */
	ssid: string | undefined;
	/** dBm, Wi-Fi only, while up. */
	signal: number | undefined;
}

const levelUp = 500;
const levelConnecting = 300;
const firstPauseMs = 2000;
const longestPauseMs = 60000;

export class Network {
	readonly #options: NetworkOptions;
	#wifi: WiFi | undefined;
	#ethernet: Ethernet | undefined;
	#state: NetworkStatus["state"] = "off";
	#timer: TimerHandle | undefined;
	#pauseMs = firstPauseMs;
	#ssid: string | undefined;

	constructor(options: NetworkOptions) {
		this.#options = options;
	}

	/** Makes the interface and connects. Without credentials Wi-Fi stays off until `join`. */
	start(): void {
		const { ports, hostName = "" } = this.#options;
		const onChanged = (): void => this.changed();
		if (ports.Ethernet !== undefined) this.#ethernet = new ports.Ethernet({ onChanged });
		else if (ports.WiFi !== undefined) this.#wifi = new ports.WiFi({ onChanged });
		if (hostName !== "") (this.#ethernet ?? this.#wifi)?.configure({ hostname: hostName });
		this.connect();
	}

	/**
	 * Saves credentials and connects with them.
	 * @throws NetworkError NETWORK_NO_WIFI, NETWORK_SSID, NETWORK_PASSWORD; what the store throws: nothing has changed then
	 */
	join(ssid: string, password: string): void {
		const wifi = this.needWiFi();
		this.#options.store.commit([{ name: wifiRecord, value: encodeCredentials({ ssid, password }) }]);
		this.leave(wifi);
		this.connect();
	}

	/** Removes the credentials and disconnects. @throws NetworkError NETWORK_NO_WIFI; what the store throws */
	forget(): void {
		const wifi = this.needWiFi();
		this.#options.store.commit([{ name: wifiRecord }]);
		this.leave(wifi);
	}

	status(): NetworkStatus {
		const device = this.#ethernet ?? this.#wifi;
		const up = this.#state === "up";
		return {
			kind: this.#ethernet !== undefined ? "ethernet" : this.#wifi !== undefined ? "wifi" : "none",
			state: this.#state,
			address: up ? device?.address : undefined,
			ssid: this.#ssid,
			signal: up ? this.#wifi?.RSSI : undefined,
		};
	}

	close(): void {
		this.clearTimer();
		this.#ethernet?.close();
		this.#wifi?.close();
		this.#ethernet = this.#wifi = undefined;
		this.#state = "off";
	}

	private needWiFi(): WiFi {
		if (this.#wifi === undefined) throw new NetworkError("NETWORK_NO_WIFI", "this gateway has no Wi-Fi");
		return this.#wifi;
	}

	/** An attempt that fails at once is one that failed: the pause follows. */
	private connect(): void {
		this.clearTimer();
		const credentials = decodeCredentials(this.#options.store.get(wifiRecord));
		this.#ssid = this.#wifi === undefined ? undefined : credentials?.ssid;
		if (this.#ethernet === undefined && (this.#wifi === undefined || credentials === undefined)) return;
		this.#state = "connecting";
		this.after(this.#options.attemptMs ?? 30000, () => this.pause());
		try {
			this.#ethernet?.connect();
			if (credentials !== undefined) {
				const { ssid, password } = credentials;
				this.#wifi?.connect(password === "" ? { SSID: ssid } : { SSID: ssid, password });
			}
		} catch {
			this.pause();
			return;
		}
		this.changed();
	}

	private changed(): void {
		const device = this.#ethernet ?? this.#wifi;
		if (device === undefined || this.#state === "off") return;
		const address = device.connection >= levelUp ? device.address : undefined;
		if (address !== undefined && this.#state !== "up") this.up(address);
		else if (address === undefined && this.#state === "up") this.lost();
		else if (this.#state === "connecting" && device.connection < levelConnecting) this.pause();
	}

	private up(address: string): void {
		this.clearTimer();
		this.#pauseMs = firstPauseMs;
		this.#state = "up";
		this.#options.onUp?.(address);
	}

	private lost(): void {
		this.pause();
		this.#options.onDown?.();
	}

	/** Ends what is under way and tries again later. The driver of Ethernet goes on by itself: there the pause only waits. */
	private pause(): void {
		this.clearTimer();
		this.#state = "waiting";
		this.#wifi?.disconnect();
		this.after(this.#pauseMs, () => this.connect());
		this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2);
	}

	private leave(wifi: WiFi): void {
		const wasUp = this.#state === "up";
		this.clearTimer();
		this.#state = "off";
		this.#ssid = undefined;
		this.#pauseMs = firstPauseMs;
		wifi.disconnect();
		if (wasUp) this.#options.onDown?.();
	}

	/** A timer that has run out must not be cleared. */
	private after(ms: number, work: () => void): void {
		this.#timer = this.#options.timer.set(() => {
			this.#timer = undefined;
			work();
		}, ms);
	}

	private clearTimer(): void {
		const timer = this.#timer;
		this.#timer = undefined;
		this.#options.timer.clear(timer);
	}
}
