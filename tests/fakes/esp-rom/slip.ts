// SPDX-License-Identifier: Apache-2.0
//
// SLIP frames as the ROM loader of Espressif's chips sends and takes them.
// Source: esptool documentation, "Serial Protocol", Low Level Protocol; RFC 1055.

const END = 0xc0;
const ESC = 0xdb;
const ESC_END = 0xdc;
const ESC_ESC = 0xdd;
/** Longer than a block of 16 KB with its headers. */
const MAX_FRAME = 0x8000;

export function encodeFrame(data: Uint8Array): Uint8Array {
	const bytes = [END];
	for (const byte of data) {
		if (byte === END) bytes.push(ESC, ESC_END);
		else if (byte === ESC) bytes.push(ESC, ESC_ESC);
		else bytes.push(byte);
	}
	return Uint8Array.from([...bytes, END]);
}

/** Takes bytes in any chunks, gives frames; what is no frame is dropped, as on a noisy line. */
export class FrameReader {
	#bytes: number[] = [];
	#inside = false;
	#escaped = false;

	reset(): void {
		this.#inside = false;
		this.#escaped = false;
	}

	read(chunk: Uint8Array): Uint8Array[] {
		const frames: Uint8Array[] = [];
		for (const byte of chunk) {
			if (byte === END) {
				if (this.#inside && this.#bytes.length > 0) {
					frames.push(Uint8Array.from(this.#bytes));
					this.#inside = false;
				} else this.#inside = true;
				this.#bytes = [];
				this.#escaped = false;
			} else if (this.#inside) this.#take(byte);
		}
		return frames;
	}

	#take(byte: number): void {
		if (this.#bytes.length >= MAX_FRAME) return this.reset();
		if (this.#escaped) {
			this.#escaped = false;
			if (byte !== ESC_END && byte !== ESC_ESC) return this.reset();
			this.#bytes.push(byte === ESC_END ? END : ESC);
		} else if (byte === ESC) this.#escaped = true;
		else this.#bytes.push(byte);
	}
}
