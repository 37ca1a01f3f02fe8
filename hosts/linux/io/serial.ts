// SPDX-License-Identifier: Apache-2.0
//
// `embedded:io/serial` on Linux: the native binding; behaviour is in serial.c.
// Sources: ECMA-419 section 9; Moddable SDK 8.2.3, modules/io/serial.

import type { Serial as SerialShape, SerialOptions } from "../../../modules/ecma419/serial.js";

export default class Serial extends Native("xs_serial_destructor") implements SerialShape {
	constructor(options: SerialOptions) {
		super();
		native("xs_serial_constructor").call(this, options);
	}
	close(): void {
		return native("xs_serial_close").call(this);
	}
	read(): ArrayBuffer | number | undefined;
	read(byteLength: number): ArrayBuffer | undefined;
	read(buffer: Uint8Array | ArrayBuffer): number | undefined;
	read(option?: number | Uint8Array | ArrayBuffer): ArrayBuffer | number | undefined {
		return native("xs_serial_read").call(this, option);
	}
	write(value: Uint8Array | ArrayBuffer | number): void {
		return native("xs_serial_write").call(this, value);
	}
	/** Drops what has arrived and what has not left; with arguments only the directions that are true. */
	flush(input?: boolean, output?: boolean): void {
		return native("xs_serial_flush").call(this, input, output);
	}
	/** Modem lines and break: accepted, without effect. */
	set(options: object): void {
		return native("xs_serial_set").call(this, options);
	}
	get format(): "number" | "buffer" {
		return native("xs_serial_get_format").call(this);
	}
	set format(value: "number" | "buffer") {
		native("xs_serial_set_format").call(this, value);
	}
}
