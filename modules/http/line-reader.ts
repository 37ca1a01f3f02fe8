// SPDX-License-Identifier: Apache-2.0
//
// Collects one line ended by CR LF (RFC 9112 section 2.2) from chunks of any size. A bare CR or LF is refused: two readers
// could see two different sets of lines.

import { decodeLatin1 } from "../bytes/text.js";
import { HTTPError, type HTTPErrorCode } from "./errors.js";

const LF = 0x0a;

export class LineReader {
	#line = "";
	#offset = 0;
	#taken = 0;

	/** Place of the present line's first byte in the response. */
	get offset(): number {
		return this.#offset;
	}

	/** Bytes taken so far, of all lines and of what `skip` counted. */
	get taken(): number {
		return this.#taken;
	}

	/** Counts bytes that are not in lines. */
	skip(count: number): void {
		this.#taken += count;
		this.#offset = this.#taken;
	}

	/**
	 * Takes bytes up to the end of the line, or all.
	 * @param limit longest line in bytes, without its end
	 * @param code of the error for a longer one
	 * @returns index after the bytes taken, and the line without its end, once it is whole
	 * @throws HTTPError HTTP_LINE_END or `code`
	 */
	read(
		bytes: Uint8Array,
		start: number,
		end: number,
		limit: number,
		code: HTTPErrorCode,
	): { next: number; line?: string } {
		const found = bytes.indexOf(LF, start);
		const whole = found >= 0 && found < end;
		const next = whole ? found + 1 : end;
		const length = this.#line.length + next - start;
		// The line end may come on top of the limit; what is longer is not even decoded.
		if (length > limit + 2 || (!whole && length === limit + 2))
			throw new HTTPError(code, `line longer than ${limit} bytes`, { offset: this.#offset + limit });
		this.#line += decodeLatin1(bytes.subarray(start, next));
		this.#taken += next - start;
		return whole ? { next, line: this.finish() } : { next };
	}

	private finish(): string {
		const line = this.#line;
		const bare = line.indexOf("\r");
		if (bare < 0 || bare !== line.length - 2)
			throw new HTTPError("HTTP_LINE_END", "line does not end in CR LF", {
				offset: this.#offset + (bare < 0 ? line.length - 1 : bare),
			});
		this.#line = "";
		this.#offset = this.#taken;
		return line.slice(0, -2);
	}
}
