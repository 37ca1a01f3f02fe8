// SPDX-License-Identifier: Apache-2.0
//
// Serial: the console line itself carries the reports, so the cases close and open it between lines.

import Serial from "embedded:io/serial";
import { type Case, Deferred, delay, ok, same, throws } from "./cases.js";
import { close, open, print, setInput } from "./serial-port.js";

type AnyOptions = ConstructorParameters<typeof Serial>[0];
const wrong = (options: object): AnyOptions => options as AnyOptions;
const baud = 115200;

async function whileClosed(body: () => void | Promise<void>): Promise<void> {
	await delay(20);
	close();
	try {
		await body();
	} finally {
		open();
	}
}

function optionErrors(): Promise<void> {
	return whileClosed(() => {
		throws(RangeError, () => new Serial(wrong({})), "no baud");
		throws(RangeError, () => new Serial({ baud: 0 }), "baud 0");
		throws(RangeError, () => new Serial({ baud: 30_000_000 }), "baud 30 million");
		throws(TypeError, () => new Serial(wrong({ baud: Symbol() })), "symbol as baud");
		throws(RangeError, () => new Serial({ baud, port: 9 }), "port 9");
		throws(RangeError, () => new Serial(wrong({ baud, format: "text" })), "format");
		throws(Error, () => new Serial(wrong({ baud, onReadable: 3 })), "callback");
		const serial = new Serial({ baud, receive: 3, transmit: 1, port: 0 });
		throws(RangeError, () => new Serial({ baud }), "port in use");
		serial.close();
		serial.close();
		throws(SyntaxError, () => serial.read(), "read after close");
		throws(SyntaxError, () => serial.write(Uint8Array.of(1)), "write after close");
		throws(SyntaxError, () => serial.format, "format after close");
	});
}

function announcesSpace(): Promise<void> {
	return whileClosed(async () => {
		const done = new Deferred<number>();
		const target = {};
		let inside = true;
		const serial = new Serial({
			baud,
			target,
			onWritable(count) {
				done.guard(() => {
					ok(!inside, "callback from inside the constructor");
					same((this as Serial & { target: object }).target, target, "target");
					done.resolve(count);
				});
			},
		});
		inside = false;
		const count = await done.promise;
		same(count, 4096, "space");
		throws(Error, () => serial.write(new Uint8Array(count + 1)), "one byte too many");
		throws(TypeError, () => serial.write(32), "number in buffer format");
		serial.format = "number";
		serial.write(10);
		serial.format = "buffer";
		serial.set({ dataTerminalReady: true });
		throws(TypeError, () => serial.set(5 as unknown as object), "set without object");
		serial.flush();
		serial.flush(true, false);
		serial.close();
	});
}

/** The driver answers each prompt with the line of the case. */
function input(prompt: string, body: (serial: Serial, count: number) => boolean): Promise<void> {
	const done = new Deferred();
	setInput((serial, count) => {
		done.guard(() => {
			if (body(serial, count)) done.resolve();
		});
	});
	print(`? ${prompt}`);
	return done.promise.finally(() => setInput(undefined));
}

function readsInAllForms(): Promise<void> {
	return input("abcdefgh", (serial, count) => {
		if (count < 8) return false;
		same(count, 8, "count");
		serial.format = "number";
		same(serial.read(), 97, "number");
		serial.format = "buffer";
		throws(Error, () => serial.read(0), "zero bytes");
		throws(TypeError, () => serial.read(Uint16Array.of(1) as unknown as Uint8Array), "16-bit array");
		same((serial.read(2) as ArrayBuffer).byteLength, 2, "read(2)");
		const bytes = new Uint8Array(16);
		same(serial.read(bytes.subarray(4, 7)), 3, "read(view)");
		same(Array.from(bytes.subarray(3, 8)).join(), "0,100,101,102,0", "view only");
		same((serial.read(100) as ArrayBuffer).byteLength, 2, "read of more than there is");
		same(serial.read(), undefined, "nothing left");
		return true;
	});
}

function flushes(): Promise<void> {
	return input("junk", (serial) => {
		serial.flush(true, false);
		same(serial.read(), undefined, "after flush");
		return true;
	});
}

/** Sends back all input, slower than it comes. */
export function startSerialEcho(): void {
	const serial: Serial = new Serial({ baud, onReadable: () => move(), onWritable: () => move() });
	let held: ArrayBuffer | undefined;
	function move(): void {
		held ??= serial.read(1000) as ArrayBuffer | undefined;
		if (held === undefined) return;
		try {
			serial.write(held);
			held = undefined;
		} catch {
			// output full: onWritable follows
		}
	}
}

export const serialCases: Case[] = [
	["Serial constructor refuses bad options, and the port in use", optionErrors],
	["Serial announces space; write takes all or throws", announcesSpace],
	["Serial reads in all forms", readsInAllForms],
	["Serial flush drops input", flushes],
];
