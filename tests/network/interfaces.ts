// SPDX-License-Identifier: Apache-2.0
//
// Network interfaces and a store as the network module sees them, moved by the test.

import type { Ethernet, InterfaceOptions, NetworkPorts, WiFi } from "../../modules/ecma419/network-interface.js";
import type { CredentialStore } from "../../modules/network/network.js";

/** What happens to the one interface that is made. */
export class FakeInterface {
	connection = 200;
	address: string | undefined;
	readonly RSSI = -61;
	hostname: string | undefined;
	closed = false;
	/** Arguments of each `connect`. */
	readonly attempts: unknown[] = [];
	/** Next `connect` throws. */
	refuses = false;
	onChanged: () => void = () => undefined;

	connect(options?: unknown): void {
		if (this.refuses) throw new Error("connect failed");
		this.attempts.push(options);
		this.connection = 300;
	}
	disconnect(): void {
		this.connection = 200;
		this.address = undefined;
	}
	configure({ hostname }: { hostname?: string }): void {
		this.hostname = hostname;
	}
	close(): void {
		this.closed = true;
	}
	/** The link and the address come. */
	rise(address: string): void {
		this.connection = 400;
		this.onChanged();
		this.address = address;
		this.connection = 500;
		this.onChanged();
	}
	/** The link goes. */
	fall(): void {
		this.connection = 200;
		this.address = undefined;
		this.onChanged();
	}
	/** The host's side: a class that gives this object. */
	ports(kind: "WiFi" | "Ethernet"): NetworkPorts {
		// eslint-disable-next-line @typescript-eslint/no-this-alias -- a function made with `new` has a `this` of its own
		const self = this;
		const take = (options: InterfaceOptions<WiFi> & InterfaceOptions<Ethernet>): void => {
			this.onChanged = () => options.onChanged?.call(this, "connection");
		};
		const make = function (this: unknown, options: InterfaceOptions<WiFi> & InterfaceOptions<Ethernet>): FakeInterface {
			take(options);
			return self;
		};
		return { [kind]: make, timeServers: () => [] } as unknown as NetworkPorts;
	}
}

export class RecordStore implements CredentialStore {
	readonly records = new Map<string, Uint8Array>();
	fails = false;

	get(name: string): Uint8Array | undefined {
		return this.records.get(name);
	}
	commit(changes: { name: string; value?: Uint8Array }[]): void {
		if (this.fails) throw new Error("no room");
		for (const { name, value } of changes) {
			if (value === undefined) this.records.delete(name);
			else this.records.set(name, value);
		}
	}
}
