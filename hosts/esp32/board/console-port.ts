// SPDX-License-Identifier: Apache-2.0
//
// The console's port: UART 0 on the chip's own pins, the one that a development board's USB bridge is wired to. In a debug build the
// debugger has that UART; the console then writes to the debugger's log and reads nothing.

import SDKSerial from "embedded:io/serial";
import WritingPort from "upgate/moddable/writing-port";
import type { Serial, SerialConstructor, SerialOptions } from "../../../modules/ecma419/serial.js";

function nativePins(this: unknown): { receive: number; transmit: number } {
	return native("xs_esp32_consolePins").call(this);
}
function nativeIsDebugged(this: unknown): boolean {
	return native("xs_esp32_isDebugged").call(this);
}

/** The SDK's typings want pins where its class and ours take them as options. */
const UART = SDKSerial as unknown as SerialConstructor;

/** Bytes announced as writable each turn. */
const room = 256;

function log(bytes: Uint8Array): void {
	trace(String.fromCharCode(...bytes));
}

/** Not a class: what `new` gives is the SDK's own object. */
function ConsolePort(options: SerialOptions): Serial {
	return nativeIsDebugged() ? new WritingPort(options, room, log) : new UART({ ...options, ...nativePins(), port: 0 });
}

export default ConsolePort as unknown as SerialConstructor;
