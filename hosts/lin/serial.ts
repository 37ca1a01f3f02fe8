// SPDX-License-Identifier: Apache-2.0
//
// The console's port in the SDK's Linux simulator: what is written goes to the program's standard output, nothing comes in.

import WritingPort from "upgate/moddable/writing-port";
import type { Serial, SerialConstructor, SerialOptions } from "../../modules/ecma419/serial.js";

/** Bytes announced as writable each turn. */
const room = 1024;

function nativePrint(this: unknown, bytes: Uint8Array | ArrayBuffer): void {
	return native("xs_lin_print").call(this, bytes);
}

function TraceSerial(options: SerialOptions): Serial {
	return new WritingPort(options, room, (bytes) => nativePrint(bytes));
}

export default TraceSerial as unknown as SerialConstructor;
