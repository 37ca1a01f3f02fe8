// SPDX-License-Identifier: Apache-2.0
//
// The SDK's UDP sockets, and for port 68, where lwIP's own DHCP client has it, one that shares it (dhcp-port-esp32.c).

import { UDP as SDKUDP } from "upgate/moddable/io";
import type { Datagram, UDP, UDPConstructor, UDPOptions } from "../../../modules/ecma419/udp.js";

const dhcpClientPort = 68;

class SharedPort extends Native("xs_esp32_dhcp_destructor") implements UDP {
	/** Called by the native when an answer has come. */
	readonly onPacket: () => void;

	/** @throws Error when lwIP's client does not run, so that the port is free, or it is shared already */
	constructor({ onReadable }: UDPOptions) {
		super();
		this.onPacket = (): void => onReadable?.call(this, 1);
		this.open();
	}
	get format(): "buffer" {
		return "buffer";
	}
	private open(): void {
		return native("xs_esp32_dhcp_open").call(this);
	}
	read(): Datagram | undefined {
		return native("xs_esp32_dhcp_read").call(this);
	}
	write(buffer: Uint8Array | ArrayBuffer, address: string, port: number): void {
		return native("xs_esp32_dhcp_write").call(this, buffer, address, port);
	}
	close(): void {
		return native("xs_esp32_dhcp_close").call(this);
	}
}

/** Not a class: what `new` gives is one of the two. */
function ESP32UDP(options: UDPOptions): UDP {
	if (options.port !== dhcpClientPort) return new SDKUDP(options);
	try {
		return new SharedPort(options);
	} catch {
		return new SDKUDP(options);
	}
}

export default ESP32UDP as unknown as UDPConstructor;
