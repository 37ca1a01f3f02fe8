// SPDX-License-Identifier: Apache-2.0
//
// Network interfaces as the Moddable SDK gives them (`embedded:network/interface/wifi` and `.../ethernet`), and what a host
// hands over of them. Source: Moddable SDK 8.2.3, typings/embedded_network/interface and modules/io/{wifi,ethernet}/esp32.

/**
 * How far a connection is: 200 none, 300 being made, 400 the link stands, 500 and more there is an address too.
 */
export type ConnectionLevel = number;

export interface InterfaceOptions<Interface> {
	onChanged?: (this: Interface, property: "connection" | "address") => void;
}

interface NetworkInterface {
	readonly connection: ConnectionLevel;
	/** IPv4 literal. */
	readonly address: string | undefined;
	/** Sets the host name for DHCP (option 12), before the connection is made. */
	configure(options: { hostname?: string }): void;
	disconnect(): void;
	close(): void;
}

export interface Ethernet extends NetworkInterface {
	connect(): void;
}

export interface WiFi extends NetworkInterface {
	/** @throws Error while another connection is being made */
	connect(options: { SSID: string; password?: string }): void;
	/** dBm. */
	readonly RSSI: number | undefined;
}

export type EthernetConstructor = new (options: InterfaceOptions<Ethernet>) => Ethernet;
export type WiFiConstructor = new (options: InterfaceOptions<WiFi>) => WiFi;

/** What a host that must bring its own network up hands to `main`; one of the two interfaces. */
export interface NetworkPorts {
	Ethernet?: EthernetConstructor;
	WiFi?: WiFiConstructor;
	/** Time servers that DHCP named (option 42), addresses; empty when none. */
	timeServers(): string[];
}
