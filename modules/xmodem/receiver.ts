// SPDX-License-Identifier: Apache-2.0
//
// Receiver of XMODEM-CRC, XMODEM-1K and YMODEM with one file, as a state machine: bytes and silence in, blocks and answers out; no port, no
// clock. Leaves out the checksum of one byte, YMODEM-g, and sending.
// Source: "XMODEM/YMODEM Protocol Reference" (Forsberg, 1988) sections 4 (1K, CAN), 5 (batch), 7 (timing, errors), 8 (CRC).
//
//   waiting --SOH, STX--> block --good--> full --accept()--> waiting      full, ended: no byte is taken
//      |                    `--bad--> purging --silence--> NAK, waiting
//      |--EOT--> ending --silence--> NAK, waiting --EOT--> ended --accept()--> closing --> done
//      `--ETX ETX--> interrupted --silence--.
//   any --CAN CAN, too many errors, cancel()--> draining --silence--> failed

import { Block } from "./block.js";
import * as limits from "./codes.js";
import { code, deaf, mostErrors, mostPurged, type State } from "./codes.js";
import { XMODEMError, type XMODEMErrorCode } from "./error.js";
import { readFileHeader } from "./file-header.js";

export class Receiver {
	#state: State = "waiting";
	readonly #block = new Block();
	/** Number of the next block. */
	#expected = 1;
	/** A sender has begun. */
	#begun = false;
	/** A block of the file was accepted: before that, errors are answered as the start is. */
	#taken = false;
	#batch = false;
	/** An EOT was answered with NAK, so that noise cannot end a file. */
	#eot = false;
	#closing = false;
	/** The byte before, where two of a kind have a meaning. */
	#before = 0;
	#errors = 0;
	#purged = 0;
	/** CAN bytes at the end of what is purged. */
	#cans = 0;
	#startsLeft: number;
	#waits = 0;
	#out: number[] = [];
	#error: XMODEMError | undefined;
	#length: number | undefined;

	/** @param options `startMs`: see README.md */
	constructor({ startMs = 120_000 }: { startMs?: number } = {}) {
		this.#startsLeft = Math.ceil(startMs / limits.startSilence);
		this.say(code.crc);
	}

	/** Bytes of the file, once a sender has said so. */
	get length(): number | undefined {
		return this.#length;
	}

	/** Data of the block that waits for `accept`; valid until then. */
	get block(): Uint8Array | undefined {
		return this.#state === "full" ? this.#block.data : undefined;
	}

	/** The file is whole, and waits for `accept`. */
	get ended(): boolean {
		return this.#state === "ended";
	}

	/** Nothing more is taken or said. */
	get over(): boolean {
		return this.#state === "done" || this.#state === "failed";
	}

	/** Why it failed, from the moment on that it is known. */
	get error(): XMODEMError | undefined {
		return this.#error;
	}

	/** Silence in ms after which `timeout` is to be called; `undefined` while none is measured. */
	get waitMs(): number | undefined {
		if (deaf.includes(this.#state)) return undefined;
		if (this.#state === "waiting") return this.#begun ? limits.blockSilence : limits.startSilence;
		if (this.#state === "closing") return this.#batch ? limits.startSilence : limits.leaveSilence;
		return limits.byteSilence;
	}

	/** Another value: silence is measured anew. */
	get waits(): number {
		return this.#waits;
	}

	/** What is to be sent; given once. */
	output(): Uint8Array {
		const bytes = Uint8Array.from(this.#out);
		this.#out.length = 0;
		return bytes;
	}

	/** @returns bytes taken: all, but those behind a block, the end of the file, or of everything */
	write(bytes: Uint8Array): number {
		let at = 0;
		while (at < bytes.length && !deaf.includes(this.#state)) {
			if (this.#state === "block") at += this.fill(bytes, at);
			else this.byte(bytes[at++]);
		}
		return at;
	}

	/** Nothing has come for `waitMs`. */
	timeout(): void {
		switch (this.#state) {
			case "waiting":
				if (this.#begun) return this.fault(true);
				if (--this.#startsLeft > 0) return this.answer(code.crc);
				return this.fail("XMODEM_NO_SENDER", "no sender has begun");
			case "block":
				return this.#closing ? this.enter("done") : this.quiet(limits.countCans(0, this.#block.end));
			case "purging":
				return this.quiet(this.#cans);
			case "ending":
				this.#eot = true;
				return this.answer(code.nak);
			case "interrupted":
				return this.fail("XMODEM_CANCELLED", "cancelled");
			case "closing":
				return this.enter("done");
			case "draining":
				return this.enter("failed");
		}
	}

	/** The block, or the end of the file, is taken: the sender may go on. */
	accept(): void {
		if (this.#state === "full") {
			this.#expected = (this.#expected + 1) & 0xff;
			this.#taken = true;
			this.answer(code.ack);
		} else if (this.#state === "ended") this.close();
	}

	/** The file is not wanted: the sender is told. */
	cancel(): void {
		if (this.#error === undefined && !this.over) this.fail("XMODEM_REFUSED", "not wanted");
	}

	private say(...bytes: number[]): void {
		this.#out.push(...bytes);
	}

	/** The next block, or this one again. */
	private answer(...bytes: number[]): void {
		this.say(...bytes);
		this.enter("waiting");
	}

	private enter(state: State, cans = 0): void {
		this.#state = state;
		this.#cans = cans;
		this.#before = 0;
		this.#purged = 0;
		this.#waits++;
	}

	/** @returns bytes taken */
	private fill(bytes: Uint8Array, at: number): number {
		const count = this.#block.fill(bytes, at);
		this.#waits++;
		if (this.#block.whole) this.judge();
		return count;
	}

	private byte(byte: number): void {
		switch (this.#state) {
			case "waiting":
				return this.header(byte);
			case "closing":
				return this.farewell(byte);
			case "interrupted":
				return byte === code.etx ? undefined : this.enter("purging");
			case "draining":
				// A sender that waits for an answer to EOT knows no CAN, and says EOT again after each byte.
				if (byte === code.eot && this.#purged < mostPurged) this.say(code.can, code.can);
				return this.purge("failed");
			case "purging":
				this.#cans = limits.countCans(this.#cans, [byte]);
				return this.purge("waiting");
			default: // ending: what goes on was no end
				this.#eot = false;
				return this.enter("purging");
		}
	}

	private purge(then: "waiting" | "failed"): void {
		this.#waits++;
		if (++this.#purged <= mostPurged) return;
		if (then === "failed") this.enter(then);
		else this.fault(false);
	}

	private header(byte: number): void {
		const twice = byte === this.#before;
		this.#before = byte;
		if (this.opens(byte)) return;
		if (byte === code.eot) {
			this.#begun = true;
			this.enter(this.#eot ? "ended" : "ending");
		} else if (byte === code.can) {
			if (twice) this.fail("XMODEM_SENDER", "cancelled by the sender");
		} else if (byte === code.etx) {
			if (!this.#begun) this.fail("XMODEM_CANCELLED", "cancelled");
			else if (twice) this.enter("interrupted");
		} else if (this.#begun) this.enter("purging"); // before, somebody may have typed
	}

	/** @returns whether it begins a block */
	private opens(byte: number): boolean {
		if (byte !== code.soh && byte !== code.stx) return false;
		this.#block.open(byte === code.soh ? limits.shortBlock : limits.longBlock);
		this.enter("block");
		return true;
	}

	/** A whole block. */
	private judge(): void {
		const { number, sound } = this.#block;
		if (this.#closing) return this.judgeLast(sound);
		if (!sound) return this.enter("purging", limits.countCans(0, this.#block.end));
		this.#eot = false;
		if (number === 0 && !this.#begun) this.first();
		else if (number === this.#expected) {
			this.#begun = true;
			this.#errors = 0;
			this.enter("full");
		} else if (number === ((this.#expected - 1) & 0xff)) this.again();
		else this.fail("XMODEM_SEQUENCE", `block ${number} came where ${this.#expected} was expected`);
	}

	/** Block 0: what follows is a batch; its first file is taken. */
	private first(): void {
		const { named, length } = readFileHeader(this.#block.data);
		this.#begun = true;
		this.#batch = true;
		this.#length = length;
		this.answer(code.ack);
		if (named) this.say(code.crc);
		else this.fail("XMODEM_NO_FILE", "the sender has no file");
	}

	/** The block before: our answer was lost. */
	private again(): void {
		if (++this.#errors > mostErrors) return this.giveUp(false);
		this.answer(code.ack);
		if (!this.#taken) this.say(code.crc);
	}

	/** The line is clear after what was no block. @param cans at its end */
	private quiet(cans: number): void {
		if (cans >= limits.leastCans) this.fail("XMODEM_SENDER", "cancelled by the sender");
		else this.fault(false);
	}

	/** What came is not a block, or nothing came: the block is asked for again. */
	private fault(silent: boolean): void {
		if (++this.#errors > mostErrors) return this.giveUp(silent);
		this.answer(this.#taken ? code.nak : code.crc);
	}

	private giveUp(silent: boolean): void {
		if (silent) this.fail("XMODEM_TIMEOUT", "nothing comes from the sender any more");
		else this.fail("XMODEM_RETRIES", `a block failed ${mostErrors + 1} times`);
	}

	private fail(reason: XMODEMErrorCode, message: string): void {
		this.#error = new XMODEMError(reason, message);
		if (reason !== "XMODEM_SENDER") this.say(...limits.cancels);
		this.enter("draining");
	}

	/** All is well; a batch says whether more files follow. */
	private close(): void {
		this.#closing = true;
		this.say(code.ack);
		if (this.#batch) this.say(code.crc);
		this.enter("closing");
	}

	/** After the end: our answer was lost, or the sender says what follows. */
	private farewell(byte: number): void {
		if (byte === code.eot) {
			if (++this.#errors > mostErrors) this.enter("done");
			else this.close();
		} else if (this.#batch) this.opens(byte);
	}

	/** Block 0 that ends a batch; of more files none is wanted. */
	private judgeLast(sound: boolean): void {
		const another = sound && readFileHeader(this.#block.data).named;
		if (another) this.say(code.can, code.can);
		else if (sound) this.say(code.ack);
		this.enter("done");
	}
}
