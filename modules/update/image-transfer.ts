// SPDX-License-Identifier: Apache-2.0
//
// The pump of an image: bytes of the server go straight into the slot writer's buffer and past the parser, one flash job a
// turn. Callbacks and no `await`: an `await` for each block of 4 KB takes a hundred slots, and the collector's work on them was
// half of what an update cost; and each function that waits as long as a download lasts takes a kilobyte. Leaves out every decision.
//
//   stored: [a piece of the slot past the parser] a turn, until there is none
//   rest: [flash job that waits] -> fill the buffer -> a whole block: next turn  |  nothing there: wait for the server, then next turn
//   last: [flash job that waits] a turn, until there is none -> over, in a turn of its own

import type { TimerService } from "../ecma419/timer.js";
import type { SlotWriter } from "../flash/writer.js";
import type { Refusal } from "./image-judge.js";

/** Where the bytes come from. */
export interface ImageSource {
	/** Waits for bytes. @returns count; 0 at the end of a complete body. @throws what broke it */
	read(buffer: Uint8Array): Promise<number>;
	/** What is there now, without waiting. @returns count; 0: nothing now, or no more, or it broke: `read` knows */
	readNow?(buffer: Uint8Array): number;
	/** Calls back, once, when `readNow` is worth another try. @returns `false` when `read` is to be asked instead */
	wait?(callback: () => void): boolean;
}

/** An image that stood up. */
export interface TakenImage {
	version: string;
	sha256: Uint8Array;
}

/** Who decides, and keeps the accounts. What its methods throw ends the transfer. */
export interface ImageOwner {
	readonly source: ImageSource;
	readonly timer: TimerService;
	/** Takes the next bytes that lie in the slot already, through this buffer. @returns `false` when there are none */
	takeStored(buffer: Uint8Array): boolean;
	/** Takes bytes of the source. */
	take(piece: Uint8Array): void;
	/** No flash job waits. Told in each turn, before bytes are taken. */
	stored(writer: SlotWriter): void;
	/** All bytes are there. */
	judge(): TakenImage | Refusal;
	/** All bytes are in the flash. */
	written(writer: SlotWriter): void;
	/** The transfer has failed. @returns the refusal that it was; throws what else it was, or what came on top of that */
	failed(error: unknown, writer: SlotWriter): Refusal;
	/** Nothing more comes. */
	over(writer: SlotWriter): void;
}

/** To be given to a promise. */
export class ImageTransfer {
	readonly #owner: ImageOwner;
	readonly #writer: SlotWriter;
	readonly #resolve: (end: TakenImage | Refusal) => void;
	readonly #reject: (error: unknown) => void;
	#phase: "stored" | "rest" | "last" | "over" = "stored";
	#end: TakenImage | undefined;
	/** Made once: a closure for each turn would be garbage a thousand times. */
	readonly #turn = (): void => {
		try {
			if (this.#phase === "rest") this.pump();
			else this.work();
		} catch (error) {
			this.fail(error);
		}
	};

	/** Nothing moves before `next`. @param reject told what `owner`, the source and the writer throw */
	constructor(
		owner: ImageOwner,
		writer: SlotWriter,
		resolve: (end: TakenImage | Refusal) => void,
		reject: (error: unknown) => void,
	) {
		this.#owner = owner;
		this.#writer = writer;
		this.#resolve = resolve;
		this.#reject = reject;
	}

	/** Another turn, which everything that is due comes before. */
	next(): void {
		this.#owner.timer.set(this.#turn, 0);
	}

	private work(): void {
		const writer = this.#writer;
		if (this.#phase === "stored") {
			if (this.#owner.takeStored(writer.room)) return this.next();
			this.#phase = "rest";
			return this.pump();
		}
		if (this.#phase === "last") {
			if (writer.finish()) this.#phase = "over";
			return this.next(); // what follows writes records: not in the turn that wrote a block
		}
		this.#owner.written(writer);
		if (this.#end !== undefined) this.close(this.#end);
	}

	/** As much as a block a turn, in jobs of the writer's pieces, or one erase; none where the server has called, which is in others' turn. */
	private pump(): void {
		const writer = this.#writer;
		const { source } = this.#owner;
		const isCalled = writer.pending === "none";
		for (let from = writer.stored; writer.stored < from + writer.blockLength;) {
			if (!writer.step()) break;
			this.#owner.stored(writer);
			let waits = false;
			while (!waits) {
				const { room } = writer;
				const count = source.readNow?.(room) ?? 0;
				if (count === 0) return this.wait(source);
				waits = this.store(room, count);
			}
			if (isCalled || writer.pending === "erase") break;
		}
		this.next();
	}

	private wait(source: ImageSource): void {
		if (source.wait?.(this.#turn) === true) return;
		const came = (count: number): void => {
			try {
				if (count === 0) return this.ended(this.#owner.judge());
				this.store(this.#writer.room, count);
				this.next();
			} catch (error) {
				this.fail(error);
			}
		};
		source.read(this.#writer.room).then(came, (error: unknown) => this.fail(error));
	}

	/** @returns whether a flash job waits now */
	private store(room: Uint8Array, count: number): boolean {
		this.#owner.take(count === room.length ? room : room.subarray(0, count));
		return this.#writer.filled(count);
	}

	/** The last block is stored in turns of its own: the judgement has taken its time. */
	private ended(end: TakenImage | Refusal): void {
		if ("result" in end) {
			this.#writer.discard();
			return this.close(end);
		}
		this.#end = end;
		this.#phase = "last";
		this.next();
	}

	private fail(error: unknown): void {
		let refusal: Refusal | undefined;
		let fault = error;
		try {
			refusal = this.#owner.failed(error, this.#writer);
		} catch (found) {
			fault = found;
		}
		if (refusal !== undefined) return this.close(refusal);
		this.#owner.over(this.#writer);
		this.#reject(fault);
	}

	private close(end: TakenImage | Refusal): void {
		this.#owner.over(this.#writer);
		this.#resolve(end);
	}
}
