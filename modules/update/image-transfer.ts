// SPDX-License-Identifier: Apache-2.0
//
// The pump of an image: bytes of the server go straight into the slot writer's buffer and past the parser, one flash job a
// turn. Callbacks and no `await` where data is there: an `await` for each block of 4 KB takes a hundred slots, and the
// collector's work on them was half of what an update cost. Leaves out what lies in the slot already, and every decision.
//
//   turn: [flash job that waits] -> fill the buffer -> a whole block: next turn  |  nothing there: wait for the server, then next turn

import type { TimerService } from "../ecma419/timer.js";
import type { SlotWriter } from "../flash/writer.js";

/** Where the bytes come from. */
export interface ImageSource {
	/** Waits for bytes. @returns count; 0 at the end of a complete body. @throws what broke it */
	read(buffer: Uint8Array): Promise<number>;
	/** What is there now, without waiting. @returns count; 0: nothing now, or no more, or it broke: `read` knows */
	readNow?(buffer: Uint8Array): number;
	/** Calls back, once, when `readNow` is worth another try. @returns `false` when `read` is to be asked instead */
	wait?(callback: () => void): boolean;
}

export interface TransferOptions {
	source: ImageSource;
	writer: SlotWriter;
	timer: TimerService;
	/** Takes the bytes that have come; what it throws ends the transfer. */
	take: (piece: Uint8Array) => void;
}

class ImageTransfer {
	readonly #options: TransferOptions;
	readonly #resolve: () => void;
	readonly #reject: (error: unknown) => void;
	/** Made once: a closure for each turn would be garbage a thousand times. */
	readonly #turn = (): void => {
		try {
			this.work();
		} catch (error) {
			this.#reject(error);
		}
	};
	readonly #came = (count: number): void => {
		try {
			this.arrived(count);
		} catch (error) {
			this.#reject(error);
		}
	};

	constructor(options: TransferOptions, resolve: () => void, reject: (error: unknown) => void) {
		this.#options = options;
		this.#resolve = resolve;
		this.#reject = reject;
	}

	/** Another turn, which everything that is due comes before. */
	next(): void {
		this.#options.timer.set(this.#turn, 0);
	}

	private work(): void {
		const { writer, source } = this.#options;
		if (!writer.step()) return this.next();
		let waits = false;
		while (!waits) {
			const { room } = writer;
			const count = source.readNow?.(room) ?? 0;
			if (count === 0) return this.wait();
			waits = this.store(room, count);
		}
		this.next();
	}

	private wait(): void {
		const { source, writer } = this.#options;
		if (source.wait?.(this.#turn) === true) return;
		source.read(writer.room).then(this.#came, this.#reject);
	}

	private arrived(count: number): void {
		if (count === 0) return this.#resolve();
		this.store(this.#options.writer.room, count);
		this.next();
	}

	/** @returns whether a flash job waits now */
	private store(room: Uint8Array, count: number): boolean {
		const { writer, take } = this.#options;
		take(count === room.length ? room : room.subarray(0, count));
		return writer.filled(count);
	}
}

/**
 * Moves all bytes of the source to the writer, but for those that do not fill a block: `finish` of the writer stores them.
 * @throws what `take`, the source and the writer throw
 */
export function transferImage(options: TransferOptions): Promise<void> {
	return new Promise((resolve, reject) => new ImageTransfer(options, resolve, reject).next());
}
