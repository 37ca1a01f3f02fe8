// SPDX-License-Identifier: Apache-2.0
//
// Cuts a byte stream into lines at LF or CRLF, whatever the chunks are; the last line may lack its break.
// Holds at most one line. A byte order mark before the first line is dropped. Leaves out lines ended by CR alone.

const LF = 0x0a;
const CR = 0x0d;
/** A byte order mark in front and a carriage return behind do not count as line content. */
const EXTRA = 4;
const FIRST_CAPACITY = 128;

export interface LineOptions {
	/** Longest line without its break, bytes. */
	maxLineBytes: number;
	/** `bytes` is only valid during the call. @param offset position of its first byte in the stream @param line from 1 */
	onLine: (bytes: Uint8Array, offset: number, line: number) => void;
	/** Instead of `onLine`; `bytes` is the start of the line. May be called before the line has ended. */
	onLongLine: (bytes: Uint8Array, offset: number, line: number) => void;
}

/** Number of bytes of a UTF-8 byte order mark at the start of `bytes`. */
function markLength(bytes: Uint8Array): number {
	return bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** Streaming line splitter with a bound on memory. */
export class LineSplitter {
	readonly #options: LineOptions;
	#held = new Uint8Array(FIRST_CAPACITY);
	#heldLength = 0;
	#skipping = false;
	#line = 1;
	#lineOffset = 0;
	#offset = 0;

	constructor(options: LineOptions) {
		this.#options = options;
	}

	/** Bytes taken so far. */
	get offset(): number {
		return this.#offset;
	}

	/** Number of the line that the next byte belongs to, from 1. */
	get line(): number {
		return this.#line;
	}

	/** Takes any number of bytes; calls back once for each line that ends in them. */
	write(chunk: Uint8Array): void {
		let start = 0;
		while (start < chunk.length) {
			const end = chunk.indexOf(LF, start);
			const part = chunk.subarray(start, end < 0 ? chunk.length : end);
			if (end < 0) {
				this.#offset += part.length;
				this.hold(part);
				return;
			}
			this.#offset += part.length + 1;
			this.finish(part);
			start = end + 1;
		}
	}

	/** Delivers a last line that has no break. */
	end(): void {
		if (this.#offset > this.#lineOffset) this.finish(new Uint8Array(0));
	}

	private finish(part: Uint8Array): void {
		const whole = this.#heldLength === 0;
		if (!whole || this.#skipping) this.hold(part);
		if (!this.#skipping) this.deliver(whole ? part : this.#held.subarray(0, this.#heldLength));
		this.#heldLength = 0;
		this.#skipping = false;
		this.#line++;
		this.#lineOffset = this.#offset;
	}

	/** Keeps the start of a line for later, or gives it up when it is too long to be legal. */
	private hold(part: Uint8Array): void {
		if (this.#skipping) return;
		const length = this.#heldLength + part.length;
		const limit = this.#options.maxLineBytes + EXTRA;
		if (length > this.#held.length) {
			const larger = new Uint8Array(Math.min(Math.max(length, 2 * this.#held.length), limit));
			larger.set(this.#held.subarray(0, this.#heldLength));
			this.#held = larger;
		}
		const room = this.#held.length - this.#heldLength;
		this.#held.set(part.length > room ? part.subarray(0, room) : part, this.#heldLength);
		this.#heldLength = Math.min(length, this.#held.length);
		if (length > limit) {
			this.#skipping = true;
			this.deliverLong(this.#held.subarray(0, this.#heldLength));
		}
	}

	private deliver(bytes: Uint8Array): void {
		const mark = this.#line === 1 ? markLength(bytes) : 0;
		const end = bytes.length > 0 && bytes[bytes.length - 1] === CR ? bytes.length - 1 : bytes.length;
		if (end - mark > this.#options.maxLineBytes) this.deliverLong(bytes);
		else this.#options.onLine(bytes.subarray(mark, Math.max(mark, end)), this.#lineOffset + mark, this.#line);
	}

	private deliverLong(bytes: Uint8Array): void {
		const mark = this.#line === 1 ? markLength(bytes) : 0;
		const start = bytes.subarray(mark, mark + this.#options.maxLineBytes);
		this.#options.onLongLine(start, this.#lineOffset + mark, this.#line);
	}
}
