// SPDX-License-Identifier: Apache-2.0
//
// TCP: formats, read and write in all forms, back-pressure, output that is pending at close.

import TCP from "embedded:io/socket/tcp";
import { type Case, Deferred, delay, ok, same, throws } from "./cases.js";
import { acceptOne, askTotal, bytesOf, pair, patternAt, textOf } from "./peer.js";

const address = "127.0.0.1";

function formats(): void {
	for (const format of ["buffer", "number"] as const) {
		const socket = new TCP({ address, port: 9, format });
		same(socket.format, format, "format");
		throws(RangeError, () => (socket.format = "text" as "buffer"), "unknown format");
		same(socket.format, format, "format after a refused one");
		socket.close();
	}
}

async function readsInAllForms(): Promise<void> {
	const readable = new Deferred<number>();
	const { near, far } = await pair({ onReadable: (count) => readable.resolve(count) }, {});
	same(near.read(), undefined, "read of nothing");
	far.write(bytesOf("HTTP/1.1 200 OK"));
	same(await readable.promise, 15, "count");
	throws(TypeError, () => near.read(Symbol.match as unknown as number), "symbol");
	throws(TypeError, () => near.read(Uint16Array.of(2) as unknown as Uint8Array), "16-bit array");
	throws(TypeError, () => near.read(Math.sin as unknown as Uint8Array), "function");
	throws(Error, () => near.read(16), "more than there is");
	throws(Error, () => near.read(new Uint8Array(16)), "a longer buffer than there is");
	throws(Error, () => near.read(0), "zero bytes");
	throws(Error, () => near.read(-1), "a negative count");
	const part = near.read(4);
	ok(part instanceof ArrayBuffer, "ArrayBuffer");
	same(textOf(part as ArrayBuffer), "HTTP", "read(4)");
	const whole = new Uint8Array(12);
	same(near.read(whole.subarray(4, 8)), 4, "read(view)");
	same(textOf(whole), "\0\0\0\0/1.1\0\0\0\0", "view only");
	const buffer = new ArrayBuffer(1);
	same(near.read(buffer), 1, "read(ArrayBuffer)");
	near.format = "number";
	same(near.read(), "2".charCodeAt(0), "number");
	near.format = "buffer";
	same(textOf(near.read() as ArrayBuffer), "00 OK", "the rest");
	same(near.read(), undefined, "nothing left");
	near.close();
	far.close();
}

async function writesAllOrThrows(): Promise<void> {
	const writable = new Deferred<number>();
	let received = 0;
	const { near, far } = await pair(
		{ onWritable: (count) => writable.resolve(count) },
		{
			onReadable() {
				received += (far.read() as ArrayBuffer).byteLength;
			},
		},
	);
	const count = await writable.promise;
	throws(TypeError, () => near.write(32), "number in buffer format");
	throws(TypeError, () => near.write(Symbol.match as unknown as number), "symbol");
	throws(Error, () => near.write(new ArrayBuffer(count + 1)), "one byte too many");
	same(near.write(new ArrayBuffer(12)), count - 12, "what is left");
	near.format = "number";
	throws(TypeError, () => near.write(Symbol.match as unknown as number), "symbol in number format");
	for (let i = 0; i < count - 13; i++) near.write(32);
	near.format = "buffer";
	same(near.write(Uint8Array.of(1)), 0, "full");
	throws(Error, () => near.write(Uint8Array.of(1)), "write when full");
	near.write(new Uint8Array(0));
	near.close();
	while (received < count) await delay(5);
	await delay(20);
	same(received, count, "bytes that arrived");
	far.close();
}

/** Like a device: unread data is not announced again until more arrives. */
async function announcesOnce(): Promise<void> {
	const counts: number[] = [];
	const { near, far } = await pair({ onReadable: (count) => void counts.push(count) }, {});
	far.write(bytesOf("abc"));
	await delay(50);
	same(counts.join(), "3", "after the first write");
	far.write(bytesOf("de"));
	await delay(50);
	same(counts.join(), "3,5", "after the second");
	same(textOf(near.read() as ArrayBuffer), "abcde", "data");
	near.close();
	far.close();
}

/** Sends back what comes, a piece at a time; reads on only when the last piece was taken. */
class Echo {
	#held: ArrayBuffer | undefined;
	refused = 0;

	move(socket: TCP): void {
		for (;;) {
			this.#held ??= socket.read() as ArrayBuffer | undefined;
			if (this.#held === undefined) return;
			try {
				socket.write(this.#held);
			} catch {
				this.refused++;
				return;
			}
			this.#held = undefined;
		}
	}
}

async function echoes(): Promise<void> {
	const total = 1_048_576;
	const echo = new Echo();
	let sent = 0;
	let received = 0;
	let largest = 0;
	const done = new Deferred();
	const { port, accepted } = acceptOne({
		onReadable() {
			echo.move(this as TCP);
		},
		onWritable() {
			echo.move(this as TCP);
		},
	});
	const near = new TCP({
		address,
		port,
		onWritable(room) {
			const chunk = new Uint8Array(Math.min(room, total - sent));
			for (let i = 0; i < chunk.length; i++) chunk[i] = patternAt(sent + i);
			if (chunk.length > 0) this.write(chunk);
			sent += chunk.length;
		},
		onReadable(count) {
			done.guard(() => {
				largest = Math.max(largest, count);
				const bytes = new Uint8Array(this.read() as ArrayBuffer);
				for (const byte of bytes) same(byte, patternAt(received++), "byte");
				if (received === total) done.resolve();
			});
		},
		onError: (error) => done.reject(error),
	});
	const far = await accepted;
	await done.promise;
	ok(echo.refused > 0, "the echo met back-pressure");
	ok(largest <= 16384, `onReadable shows at most 16384 bytes, not ${String(largest)}`);
	near.close();
	far.close();
}

/** The reader sleeps first, so that output must wait; all of it arrives though the writer has closed. */
async function lingers(port: number): Promise<void> {
	const done = new Deferred();
	let sent = 0;
	let full = 0;
	const socket = new TCP({
		address,
		port,
		onWritable(room) {
			socket.write(new Uint8Array(room).fill(0x55));
			sent += room;
		},
		onReadable() {
			done.resolve();
		},
		onError: (error) => done.reject(error),
	});
	// The peer says so when its buffers are full and nothing moves.
	for (let before = -1; sent !== before || sent === 0; full++) {
		before = sent;
		await delay(300);
	}
	ok(sent > 16384, "more than our own buffer was taken");
	socket.close();
	same(await askTotal(port), sent, "bytes the peer got");
}

export function tcpDataCases(port: (name: string) => number): Case[] {
	return [
		["TCP format is number or buffer", formats],
		["TCP read gives all, a count, or fills a view; more than there is throws", readsInAllForms],
		["TCP write takes all or throws, and accepted bytes outlive close", writesAllOrThrows],
		["TCP announces unread data once", announcesOnce],
		["TCP echoes 1 MB with back-pressure", echoes],
		["TCP output pending at close arrives at a slow reader", () => lingers(port("slow"))],
	];
}
