// SPDX-License-Identifier: Apache-2.0
//
// The console's port: UART 0 on the chip's own pins, the one that a development board's USB bridge is wired to, by ESP-IDF's driver
// (console-uart.c says why not the SDK's class). In a debug build the debugger has that UART; the console then writes to the
// debugger's log and reads nothing.

import Timer from "timer";
import UARTPort, { type Line } from "upgate/esp32/uart-port";
import WritingPort from "upgate/moddable/writing-port";
import type { Serial, SerialConstructor, SerialOptions } from "../../../modules/ecma419/serial.js";

/** UART 0; there is one at a time. */
class ConsoleUART extends Native("xs_esp32_uart_destructor") implements Line {
	/** Called by the native when bytes have come. */
	readonly onBytes: () => void;

	/** @throws Error when the driver has it already, or cannot have it */
	constructor(baud: number, onBytes: () => void) {
		super();
		this.onBytes = onBytes;
		this.open(baud);
	}
	private open(baud: number): void {
		return native("xs_esp32_uart_open").call(this, baud);
	}
	available(): number {
		return native("xs_esp32_uart_available").call(this);
	}
	read(buffer: Uint8Array): number {
		return native("xs_esp32_uart_read").call(this, buffer);
	}
	send(bytes: Uint8Array): number {
		return native("xs_esp32_uart_send").call(this, bytes);
	}
	close(): void {
		return native("xs_esp32_uart_close").call(this);
	}
}

function nativeIsDebugged(this: unknown): boolean {
	return native("xs_esp32_isDebugged").call(this);
}

/** Bytes announced as writable each turn to the debugger's log. */
const logRoom = 256;

function log(bytes: Uint8Array): void {
	trace(String.fromCharCode(...bytes));
}

/** Not a class: what `new` gives is the port's own object. */
function ConsolePort(options: SerialOptions): Serial {
	if (nativeIsDebugged()) return new WritingPort(options, logRoom, log);
	const open = (baud: number, onBytes: () => void): Line => new ConsoleUART(baud, onBytes);
	return new UARTPort(options, { timer: Timer, open });
}

export default ConsolePort as unknown as SerialConstructor;
