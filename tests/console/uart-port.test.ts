// SPDX-License-Identifier: Apache-2.0
//
// The serial port of the ESP32 over a driver whose hardware holds 128 bytes and sends 115200 bits per second.

import assert from "node:assert/strict";
import test from "node:test";
import UARTPort, { type Line } from "../../hosts/esp32/board/uart-port.js";
import { decodeUTF8, encodeUTF8 } from "../../modules/bytes/text.js";
import { Console } from "../../modules/console/console.js";
import type { SerialConstructor, SerialOptions } from "../../modules/ecma419/serial.js";
import { FakeClock } from "../fakes/clock.js";

const hardwareBytes = 128;
/** 10 bits each. */
const bytesPerMs = 11.52;

/** The hardware sends while the clock goes on; what has arrived is told when the test says so. */
class Hardware implements Line {
	readonly clock = new FakeClock();
	closed = false;
	baud = 0;
	/** What has left. */
	sent: number[] = [];
	#queue: number[] = [];
	#arrived: number[] = [];
	#tell: () => void = () => assert.fail("not open");
	#credit = 0;

	readonly options = {
		timer: this.clock.timer,
		open: (baud: number, onBytes: () => void): Line => {
			this.baud = baud;
			this.#tell = onBytes;
			return this;
		},
	};

	available(): number {
		return this.#arrived.length;
	}
	read(buffer: Uint8Array): number {
		const bytes = this.#arrived.splice(0, buffer.length);
		buffer.set(bytes);
		return bytes.length;
	}
	send(bytes: Uint8Array): number {
		const taken = bytes.subarray(0, hardwareBytes - this.#queue.length);
		this.#queue.push(...taken);
		return taken.length;
	}
	close(): void {
		this.closed = true;
	}

	arrive(text: string): void {
		this.#arrived.push(...encodeUTF8(text));
		this.#tell();
	}
	run(ms: number): void {
		for (let i = 0; i < ms; i++) {
			this.#credit = Math.min(this.#credit + bytesPerMs, this.#queue.length);
			const count = Math.floor(this.#credit);
			this.#credit -= count;
			this.sent.push(...this.#queue.splice(0, count));
			this.clock.advance(1);
		}
	}
}

interface Seen {
	readable: number[];
	writable: number[];
}

function open(
	hardware: Hardware,
	onWritable?: (port: UARTPort, bytes: number) => void,
): { port: UARTPort; seen: Seen } {
	const seen: Seen = { readable: [], writable: [] };
	const options: SerialOptions = {
		baud: 115200,
		onReadable: (bytes) => seen.readable.push(bytes),
		onWritable: (bytes) => {
			seen.writable.push(bytes);
			onWritable?.(port, bytes);
		},
	};
	const port: UARTPort = new UARTPort(options, hardware.options);
	return { port, seen };
}

test("what arrives is told with its count, and read whole, in parts, or into a buffer", () => {
	const hardware = new Hardware();
	const { port, seen } = open(hardware);
	assert.equal(hardware.baud, 115200);
	assert.equal(port.read(), undefined);
	hardware.arrive("hello world");
	assert.deepEqual(seen.readable, [11]);
	const buffer = new Uint8Array(5);
	assert.equal(port.read(buffer), 5);
	assert.equal(decodeUTF8(buffer), "hello");
	assert.deepEqual(new Uint8Array(port.read(2) ?? new ArrayBuffer(0)), encodeUTF8(" w"));
	assert.deepEqual(new Uint8Array(port.read() ?? new ArrayBuffer(0)), encodeUTF8("orld"));
	assert.equal(port.read(buffer), undefined);
});

test("a long text leaves whole, in order, and almost as fast as the line is", () => {
	const hardware = new Hardware();
	const text = encodeUTF8(Array.from({ length: 500 }, (_, i) => `line ${i}\r\n`).join(""));
	let at = 0;
	open(hardware, (port, bytes) => {
		const end = Math.min(at + bytes, text.length);
		/* In pieces, as a console writes. */
		for (let from = at; from < end; from += 7) port.write(text.subarray(from, Math.min(from + 7, end)));
		at = end;
	});
	hardware.run(Math.ceil(text.length / bytesPerMs / 0.9));
	assert.equal(decodeUTF8(Uint8Array.from(hardware.sent)), decodeUTF8(text));
});

test("more than was announced is refused, and nothing of it leaves", () => {
	const hardware = new Hardware();
	const { port, seen } = open(hardware);
	assert.throws(() => port.write(65), RangeError);
	hardware.run(1);
	const [room] = seen.writable;
	assert.throws(() => port.write(new Uint8Array(room + 1)), RangeError);
	port.write(new Uint8Array(room - 1).fill(66));
	port.write(67);
	assert.throws(() => port.write(68), RangeError);
	hardware.run(50);
	assert.deepEqual(hardware.sent, [...new Array<number>(room - 1).fill(66), 67]);
	assert.deepEqual(seen.writable, [room, room]);
});

test("after close nothing is told or sent", () => {
	const hardware = new Hardware();
	const { port, seen } = open(hardware);
	port.close();
	port.close();
	hardware.arrive("x");
	hardware.run(50);
	assert.deepEqual(seen, { readable: [], writable: [] });
	assert.throws(() => port.write(65), RangeError);
	assert.equal(port.read(), undefined);
	assert.equal(hardware.clock.pending, 0);
	assert.equal(hardware.closed, true);
});

test("a console answers over it", () => {
	const hardware = new Hardware();
	const Port = function (options: SerialOptions): UARTPort {
		return new UARTPort(options, hardware.options);
	};
	const io = Port as unknown as SerialConstructor;
	const console = new Console({ io, timer: hardware.clock.timer, prompt: () => "> ", commands: () => [] });
	hardware.run(20);
	hardware.arrive("help\r");
	hardware.run(200);
	const text = decodeUTF8(Uint8Array.from(hardware.sent));
	assert.match(text, /help/);
	assert.ok(text.length > 40, text);
	console.close();
	assert.equal(hardware.closed, true);
});
