// SPDX-License-Identifier: Apache-2.0
//
// Many lines as input of one command, as they come from a clipboard, gathered in the one buffer that the command gets, or handed over
// line by line. They end with a line that is a single dot, with Ctrl-D, or when the line after the end of a block is empty and nothing
// follows for a moment: a bundle may have empty lines between its blocks, and the rest of it must not be taken for commands.

import type { TimerHandle, TimerService } from "../ecma419/timer.js";
import { decodeUTF8, encodeUTF8 } from "../bytes/text.js";
import type { Paste } from "./commands.js";
import { CommandError } from "./error.js";
import type { Key, KeyName } from "./keys.js";

/** Time after which an empty line behind a block was the end, ms. */
export const quietMs = 400;
/** Time without any key after which it is given up, ms. */
export const patienceMs = 300_000;
/** Of a line, bytes that are looked at and shown; more are taken all the same. */
const shownBytes = 1024;

/** Room behind what is taken, for the line that ends it. */
const endBytes = 16;

const newline = 0x0a;
const tab: readonly number[] = Object.freeze([0x09]);

export type PasteEnd = "done" | "cancelled" | "timeout";

export interface PasteInputOptions {
	paste: Paste;
	timer: TimerService;
	/** Called once, by `feed` or by the timer. */
	onEnd: (end: PasteEnd, byTimer: boolean) => void;
}

export class PasteInput {
	readonly #paste: Paste;
	readonly #timer: TimerService;
	readonly #onEnd: (end: PasteEnd, byTimer: boolean) => void;
	#handle: TimerHandle | undefined;
	#bytes: Uint8Array;
	#length = 0;
	/** Where the line that is being typed begins. */
	#start = 0;
	#lines = 0;
	/** More came than is taken: what follows is only looked at for its end, line by line, in the same buffer. */
	#tooLong = false;
	#blockEnded = false;
	/** An empty line followed the block: the next silence is the end. */
	#quiet = false;
	/** The command has all it wanted. */
	#handedOver = false;

	constructor({ paste, timer, onEnd }: PasteInputOptions) {
		this.#paste = paste;
		this.#timer = timer;
		this.#onEnd = onEnd;
		this.#bytes = new Uint8Array(paste.maxBytes + endBytes);
		this.wait(patienceMs);
	}

	/** What the bottom line of the terminal shows: never a secret. */
	prompt(columns: number): string {
		const head = `paste (${this.#lines})> `;
		return this.#paste.secret ? head : head + this.tail(Math.max(1, columns - head.length) - 1);
	}

	/** @returns a line that is finished and may be shown */
	feed(key: Key): string | undefined {
		if ("text" in key) this.put(encodeUTF8(key.text));
		else if (key.key === "enter") return this.enter();
		else this.edit(key.key);
		return undefined;
	}

	/** Hands the buffer over. @throws CommandError CONSOLE_LENGTH */
	bytes(): Uint8Array {
		if (this.#tooLong) {
			const what = this.#paste.take === undefined ? "more than" : "a line of more than";
			throw new CommandError("CONSOLE_LENGTH", `${what} ${this.#paste.maxBytes} bytes: nothing was taken`);
		}
		this.#handedOver = true;
		const bytes = this.#bytes.subarray(0, this.#length);
		this.#bytes = new Uint8Array(0);
		return bytes;
	}

	/** No end comes any more; what was collected and not handed over is forgotten. */
	close(): void {
		this.#timer.clear(this.#handle);
		this.#handle = undefined;
		this.#bytes.fill(0);
		this.#bytes = new Uint8Array(0);
		if (!this.#handedOver) this.#paste.cancel?.();
		this.#handedOver = true;
	}

	private edit(key: KeyName): void {
		if (key === "cancel") return this.finish("cancelled");
		if (key === "end-of-file") {
			this.endLine();
			return this.finish("done");
		}
		if (key === "tab") return this.put(tab);
		if (key === "backspace") this.rubOut();
		else if (key === "kill-start") this.#length = this.#start;
		this.typing();
	}

	private put(bytes: readonly number[] | Uint8Array): void {
		if (this.#length + bytes.length > this.#bytes.length) this.overflow();
		for (const byte of bytes) if (this.#length < this.#bytes.length) this.#bytes[this.#length++] = byte;
		this.typing();
	}

	private endLine(): void {
		if (this.#length >= this.#paste.maxBytes) this.#tooLong = true;
		if (this.#tooLong) this.#length = 0;
		else this.#bytes[this.#length++] = newline;
		if (this.#paste.take !== undefined && !this.#tooLong) {
			this.#paste.take(this.#bytes.subarray(0, this.#length));
			this.#length = 0;
		}
		this.#start = this.#length;
	}

	/** The line goes on where the buffer begins. */
	private overflow(): void {
		this.#tooLong = true;
		this.#bytes.copyWithin(0, this.#start, this.#length);
		this.#length -= this.#start;
		this.#start = 0;
	}

	private typing(): void {
		this.#quiet = false;
		this.wait(patienceMs);
	}

	/** The last character of the line. */
	private rubOut(): void {
		while (this.#length > this.#start && (this.#bytes[--this.#length] & 0xc0) === 0x80);
	}

	/** Last characters of the line. */
	private tail(columns: number): string {
		let at = Math.max(this.#start, this.#length - 4 * columns);
		while (at < this.#length && at > this.#start && (this.#bytes[at] & 0xc0) === 0x80) at++;
		const characters = Array.from(decodeUTF8(this.#bytes.subarray(at, this.#length)));
		return characters.slice(Math.max(0, characters.length - columns)).join("");
	}

	/** @returns the line, if it is part of the input and may be shown */
	private enter(): string | undefined {
		const line = decodeUTF8(this.#bytes.subarray(this.#start, Math.min(this.#length, this.#start + shownBytes)));
		if (line.trim() === ".") {
			this.#length = this.#start;
			this.finish("done");
			return undefined;
		}
		this.#lines++;
		const quiet = this.endsQuietly(line);
		this.endLine();
		this.#quiet = quiet;
		this.wait(quiet ? quietMs : patienceMs);
		return this.#paste.secret ? undefined : line;
	}

	/** @returns whether silence after this line is the end */
	private endsQuietly(line: string): boolean {
		if (line.trim() === "") return this.#quiet || this.#blockEnded;
		this.#blockEnded = this.#paste.endsBlock(line);
		return false;
	}

	private wait(ms: number): void {
		if (this.#handle !== undefined) this.#timer.clear(this.#handle);
		this.#handle = this.#timer.set(() => {
			this.#handle = undefined;
			this.#onEnd(this.#quiet ? "done" : "timeout", true);
		}, ms);
	}

	private finish(end: PasteEnd): void {
		this.#timer.clear(this.#handle);
		this.#handle = undefined;
		this.#onEnd(end, false);
	}
}
