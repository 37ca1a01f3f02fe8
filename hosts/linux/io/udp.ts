// SPDX-License-Identifier: Apache-2.0
//
// `embedded:io/socket/udp` on Linux: the native binding; behaviour is in udp.c.
// Sources: ECMA-419 section 9; Moddable SDK 8.2.3, modules/io/socket.

import type { Datagram, UDP as UDPShape, UDPOptions } from "../../../modules/ecma419/udp.js";

export default class UDP extends Native("xs_udp_destructor") implements UDPShape {
	constructor(options: UDPOptions) {
		super();
		native("xs_udp_constructor").call(this, options);
	}
	close(): void {
		return native("xs_udp_close").call(this);
	}
	read(): Datagram | undefined {
		return native("xs_udp_read").call(this);
	}
	write(buffer: Uint8Array | ArrayBuffer, address: string, port: number): void {
		return native("xs_udp_write").call(this, buffer, address, port);
	}
	/** Joins a multicast group. */
	add(address: string): void {
		return native("xs_udp_add").call(this, address);
	}
	/** Leaves a multicast group. */
	remove(address: string): void {
		return native("xs_udp_remove").call(this, address);
	}
	get format(): "buffer" {
		return "buffer";
	}
	set format(value: "buffer") {
		if (value !== "buffer") throw new RangeError("format is buffer");
	}
}
