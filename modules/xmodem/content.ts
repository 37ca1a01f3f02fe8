// SPDX-License-Identifier: Apache-2.0
//
// The bytes of the file out of its blocks. XMODEM fills the last block with 0x1A and does not say where the file ends: 0x1A at the end of
// what has come is held back, as a number, until more comes, or nothing more. YMODEM says how long the file is.
// Source: "XMODEM/YMODEM Protocol Reference" (Forsberg, 1988) sections 4.3 and 5.

import { XMODEMError } from "./error.js";

const pad = 0x1a;
const none = new Uint8Array(0);

export class Content {
	readonly #multipleOf: number;
	/** Pad bytes that go before the block. */
	#owed = 0;
	/** What is left of the block. */
	#rest: Uint8Array = none;
	/** Bytes that went or are to go. */
	#passed = 0;
	/** Pad bytes at the end, which may be of the file. */
	#held = 0;
	#blockLength = 0;

	/** @param multipleOf what the length of a file is a multiple of: so many of the bytes held back are of the file. Default 1 */
	constructor(multipleOf = 1) {
		this.#multipleOf = multipleOf;
	}

	/** All that was taken has been read. */
	get empty(): boolean {
		return this.#owed === 0 && this.#rest.length === 0;
	}

	/**
	 * Takes a block when the one before has been read; it has to stay as it is until it is read.
	 * @param length of the file, where it is known
	 * @throws XMODEMError XMODEM_LENGTH
	 */
	take(block: Uint8Array, length: number | undefined): void {
		let used = block.length;
		if (length === undefined) while (used > 0 && block[used - 1] === pad) used--;
		else used = Math.min(length - this.#passed, block.length);
		if (length !== undefined && used <= 0) throw new XMODEMError("XMODEM_LENGTH", `more than ${length} bytes came`);
		this.#owed = used > 0 ? this.#held : 0;
		this.#rest = block.subarray(0, used);
		this.#passed += this.#owed + used;
		this.#held += block.length - used - this.#owed;
		this.#blockLength = block.length;
	}

	/**
	 * Nothing more comes.
	 * @throws XMODEMError XMODEM_LENGTH
	 */
	end(length: number | undefined): void {
		if (length === undefined) this.#owed = this.own();
		else if (this.#passed < length)
			throw new XMODEMError("XMODEM_LENGTH", `${this.#passed} bytes came where ${length} were announced`);
		this.#held = 0;
	}

	/** @returns count of bytes, 0 when it is empty */
	read(buffer: Uint8Array): number {
		const owed = Math.min(this.#owed, buffer.length);
		buffer.fill(pad, 0, owed);
		this.#owed -= owed;
		const piece = this.#rest.subarray(0, buffer.length - owed);
		buffer.set(piece, owed);
		this.#rest = this.#rest.subarray(piece.length);
		return owed + piece.length;
	}

	/** @returns how many of the bytes held back are of the file: padding is less than a block */
	private own(): number {
		const least = Math.max(0, this.#held - Math.max(0, this.#blockLength - 1));
		const over = (this.#passed + least) % this.#multipleOf;
		const own = over === 0 ? least : least + this.#multipleOf - over;
		return own <= this.#held ? own : least;
	}
}
