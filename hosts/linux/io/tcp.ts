// SPDX-License-Identifier: Apache-2.0
//
// `embedded:io/socket/tcp` on Linux: the native binding. Behaviour and the codes of onError's argument are in tcp.c.
// An instance made without options is empty; only a listener fills it.
// Sources: ECMA-419 section 9; Moddable SDK 8.2.3, modules/io/socket.

import type { TCP as TCPShape, TCPOptions } from "../../../modules/ecma419/tcp.js";

export default class TCP extends Native("xs_tcp_destructor") implements TCPShape {
	constructor(options?: TCPOptions) {
		super();
		native("xs_tcp_constructor").call(this, options);
	}
	close(): void {
		return native("xs_tcp_close").call(this);
	}
	read(byteLength?: number): ArrayBuffer | number | undefined;
	read(buffer: Uint8Array | ArrayBuffer): number | undefined;
	read(option?: number | Uint8Array | ArrayBuffer): ArrayBuffer | number | undefined {
		return native("xs_tcp_read").call(this, option);
	}
	write(value: Uint8Array | ArrayBuffer | number): number {
		return native("xs_tcp_write").call(this, value);
	}
	get remoteAddress(): string | undefined {
		return native("xs_tcp_get_remoteAddress").call(this);
	}
	get remotePort(): number | undefined {
		return native("xs_tcp_get_remotePort").call(this);
	}
	get format(): "number" | "buffer" {
		return native("xs_tcp_get_format").call(this);
	}
	set format(value: "number" | "buffer") {
		native("xs_tcp_set_format").call(this, value);
	}
}
