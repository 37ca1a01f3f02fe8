// SPDX-License-Identifier: Apache-2.0
//
// A file by XMODEM as something to read from: who asks for more is what the sender waits for; silence, errors and ends.

import assert from "node:assert/strict";
import test from "node:test";
import { decodeUTF8, encodeUTF8, toHex } from "../../modules/bytes/text.js";
import { Transfer } from "../../modules/xmodem/transfer.js";
import { FakeClock } from "../fakes/clock.js";
import { block, join } from "./conversation.js";

const [eot, ack, nak, can, c] = [0x04, 0x06, 0x15, 0x18, 0x43];

/** A line with bytes that wait until the transfer takes them, as in a port. */
class Line {
	readonly clock = new FakeClock();
	readonly said: number[] = [];
	starts = 0;
	#waiting: Uint8Array = new Uint8Array(0);
	#busy = false;
	readonly transfer = new Transfer({
		timer: this.clock.timer,
		send: (bytes) => void this.said.push(...bytes),
		onStart: () => void this.starts++,
		wake: () => this.#pump(),
	});

	/** Bytes come. */
	send(...bytes: (number | Uint8Array)[]): void {
		this.arrive(...bytes);
		this.#pump();
	}

	/** Bytes come, and nobody says so yet. */
	arrive(...bytes: (number | Uint8Array)[]): void {
		this.#waiting = join([
			this.#waiting,
			...bytes.map((part) => (typeof part === "number" ? Uint8Array.of(part) : part)),
		]);
	}

	get waiting(): number {
		return this.#waiting.length;
	}

	/** What was said since the last call. */
	heard(): number[] {
		return this.said.splice(0);
	}

	#pump(): void {
		if (this.#busy) return;
		this.#busy = true;
		for (let count = 1; count > 0 && this.#waiting.length > 0;) {
			count = this.transfer.write(this.#waiting);
			this.#waiting = this.#waiting.subarray(count);
		}
		this.#busy = false;
	}
}

const text = (length: number): Uint8Array => new Uint8Array(length).fill(0x61);

async function readText(transfer: Transfer, size: number): Promise<string> {
	const buffer = new Uint8Array(size);
	return decodeUTF8(buffer.subarray(0, await transfer.read(buffer)));
}

test("nothing is taken or said before the first byte is asked for", async () => {
	const line = new Line();
	line.send(block(1, text(128), 128));
	assert.deepEqual([line.starts, line.waiting, line.heard()], [0, 133, []]);
	assert.equal(line.clock.pending, 0);
	await line.transfer.cancel();
	assert.deepEqual(line.heard(), []);
});

test("a block is acknowledged when it has been read and more is asked for", async () => {
	const line = new Line();
	const first = readText(line.transfer, 100);
	assert.deepEqual([line.starts, line.heard()], [1, [c]]);
	line.send(block(1, text(128), 128));
	assert.equal(await first, "a".repeat(100));
	assert.equal(await readText(line.transfer, 100), "a".repeat(28));
	assert.deepEqual(line.heard(), []);
	line.clock.advance(600_000);
	assert.deepEqual(line.heard(), [], "no silence is measured while the sender waits");
	const next = readText(line.transfer, 4096);
	assert.deepEqual(line.heard(), [ack]);
	line.send(block(2, text(1024), 1024));
	assert.equal((await next).length, 1024);
	line.send(eot);
	assert.equal(line.waiting, 1, "bytes wait while a block does");
});

test("the last answer waits for the word of who has read", async () => {
	const line = new Line();
	const first = readText(line.transfer, 4096);
	line.send(block(1, encodeUTF8("hello"), 128));
	assert.equal(await first, "hello");
	const end = readText(line.transfer, 4096);
	line.send(eot);
	line.clock.advance(1000);
	assert.deepEqual(line.heard(), [c, ack, nak]);
	line.send(eot);
	assert.equal(await end, "");
	assert.equal(await readText(line.transfer, 10), "", "the end stays");
	line.clock.advance(5000);
	assert.deepEqual(line.heard(), []);
	let free = false;
	const finished = line.transfer.finish().then(() => (free = true));
	assert.deepEqual(line.heard(), [ack]);
	await Promise.resolve();
	assert.equal(free, false);
	line.clock.advance(100);
	await finished;
	assert.equal(line.clock.pending, 0);
});

test("a file that is refused behind its end: the sender hears CAN for each EOT", async () => {
	const line = new Line();
	const first = readText(line.transfer, 10);
	line.send(block(1, encodeUTF8("hello"), 128));
	await first;
	const end = readText(line.transfer, 10);
	line.send(eot);
	line.clock.advance(1000);
	line.send(eot);
	await end;
	line.heard();
	const cancelled = line.transfer.cancel();
	line.send(eot);
	assert.deepEqual(line.heard(), new Array(12).fill(can));
	line.clock.advance(1000);
	await cancelled;
	await assert.rejects(line.transfer.read(new Uint8Array(1)), { code: "XMODEM_REFUSED" });
});

test("bytes that wait in the port are no silence", async () => {
	const line = new Line();
	const first = readText(line.transfer, 200);
	line.send(block(1, text(128), 128));
	await first;
	const next = readText(line.transfer, 10);
	line.heard();
	const second = block(2, encodeUTF8("world"), 128);
	line.send(second.subarray(0, 50));
	line.arrive(second.subarray(50, 90));
	line.clock.advance(1000); // as if the loop had been busy
	assert.deepEqual(line.heard(), []);
	line.send(second.subarray(90));
	assert.equal(await next, "world");
});

test("a reader hears why nothing comes", async () => {
	const line = new Line();
	const first = line.transfer.read(new Uint8Array(10));
	line.clock.advance(119_999);
	assert.equal(line.heard().length, 40);
	line.clock.advance(1);
	await assert.rejects(first, { code: "XMODEM_NO_SENDER" });
	await assert.rejects(line.transfer.read(new Uint8Array(10)), { code: "XMODEM_NO_SENDER" });
	const freed = line.transfer.cancel();
	line.clock.advance(1000);
	await freed;
	assert.equal(line.clock.pending, 0);
});

test("a dead sender: a hundred and ten seconds", async () => {
	const line = new Line();
	const first = readText(line.transfer, 4096);
	line.send(block(1, text(128), 128));
	await first;
	const next = line.transfer.read(new Uint8Array(10));
	line.clock.advance(109_999);
	assert.deepEqual(line.heard(), [c, ack, ...new Array<number>(10).fill(nak)]);
	line.clock.advance(1);
	await assert.rejects(next, { code: "XMODEM_TIMEOUT" });
	assert.deepEqual(line.heard(), new Array(10).fill(can));
});

test("the length of a batch is known with its first byte, and a wrong one is an error", async () => {
	const line = new Line();
	const first = line.transfer.read(new Uint8Array(4096));
	assert.equal(line.transfer.length, undefined);
	line.send(block(0, encodeUTF8("a\x00200"), 128, 0));
	line.send(block(1, text(128), 128));
	assert.deepEqual([await first, line.transfer.length], [128, 200]);
	const second = line.transfer.read(new Uint8Array(4096));
	line.send(block(2, text(128), 128));
	assert.equal(await second, 72);
	const third = line.transfer.read(new Uint8Array(4096));
	line.send(block(3, text(128), 128));
	await assert.rejects(third, { code: "XMODEM_LENGTH" });
	assert.deepEqual(line.heard().slice(-10), new Array(10).fill(can));
});

test("close() ends the read that waits, and who waits for the line", async () => {
	const line = new Line();
	const first = line.transfer.read(new Uint8Array(4096));
	line.transfer.close();
	await assert.rejects(first, { code: "XMODEM_CLOSED" });
	assert.equal(line.clock.pending, 0);
	await assert.rejects(line.transfer.read(new Uint8Array(1)), { code: "XMODEM_CLOSED" });
	await line.transfer.finish();
	line.send(1, 2, 3);
	assert.equal(line.waiting, 3);
});

test("a file of nothing but blocks of 0x1A", async () => {
	const line = new Line();
	const parts: Uint8Array[] = [];
	const all = (async () => {
		const buffer = new Uint8Array(50);
		for (let count = await line.transfer.read(buffer); count > 0; count = await line.transfer.read(buffer))
			parts.push(buffer.slice(0, count));
	})();
	const pads = new Uint8Array(128).fill(0x1a);
	for (let number = 1; number <= 3; number++) line.send(block(number, pads, 128));
	assert.deepEqual(line.heard(), [c, ack, ack, ack]);
	line.send(eot);
	line.clock.advance(1000);
	line.send(eot);
	await all;
	assert.equal(toHex(join(parts)), "1a".repeat(384 - 127));
});
