// SPDX-License-Identifier: Apache-2.0
//
// The console of the test program: prints lines with back-pressure, hands input to whoever asks.

import Serial from "embedded:io/serial";

let serial: Serial | undefined;
let waiting: Uint8Array = new Uint8Array(0);
let onInput: ((port: Serial, count: number) => void) | undefined;

function encode(text: string): Uint8Array {
	const bytes = new Uint8Array(text.length);
	for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i) & 0x7f;
	return bytes;
}

function send(port: Serial, room: number): void {
	const count = Math.min(room, waiting.length);
	if (count === 0) return;
	port.write(waiting.subarray(0, count));
	waiting = waiting.slice(count);
}

export function open(): Serial {
	serial ??= new Serial({
		baud: 115200,
		onReadable(count) {
			onInput?.(serial as Serial, count);
		},
		onWritable(count) {
			send(serial as Serial, count);
		},
	});
	return serial;
}

export function close(): void {
	serial?.close();
	serial = undefined;
}

export function setInput(handler: ((port: Serial, count: number) => void) | undefined): void {
	onInput = handler;
}

/** Queues one line of ASCII. */
export function print(line: string): void {
	const bytes = encode(`${line}\n`);
	const all = new Uint8Array(waiting.length + bytes.length);
	all.set(waiting);
	all.set(bytes, waiting.length);
	const idle = waiting.length === 0;
	waiting = all;
	const port = open();
	if (idle) send(port, Math.min(1024, waiting.length));
}
