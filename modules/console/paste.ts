// SPDX-License-Identifier: Apache-2.0
//
// Many lines as input of one command, as they come from a clipboard. They end with a line that is a single dot, with Ctrl-D, or when
// the line after the end of a block is empty and nothing follows for a moment: a bundle may have empty lines between its blocks, and
// the rest of it must not be taken for commands.

import type { TimerHandle, TimerService } from "../ecma419/timer.js";
import { encodeUTF8 } from "../bytes/text.js";
import type { Paste } from "./commands.js";
import { CommandError } from "./error.js";
import type { Key } from "./keys.js";
import { LineEditor } from "./line-editor.js";

/** Time after which an empty line behind a block was the end, ms. */
export const quietMs = 400;
/** Time without any key after which it is given up, ms. */
export const patienceMs = 300_000;

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
	readonly #editor = new LineEditor({ history: 1 });
	#handle: TimerHandle | undefined;
	#parts: Uint8Array[] = [];
	#length = 0;
	#lines = 0;
	/** More came than is taken; the rest is passed over up to its end. */
	#tooLong = false;
	#blockEnded = false;
	/** An empty line followed the block: the next silence is the end. */
	#quiet = false;

	constructor({ paste, timer, onEnd }: PasteInputOptions) {
		this.#paste = paste;
		this.#timer = timer;
		this.#onEnd = onEnd;
		this.#wait(patienceMs);
	}

	/** What the bottom line of the terminal shows: never a secret. */
	prompt(columns: number): string {
		const head = `paste (${this.#lines})> `;
		return this.#paste.secret ? head : head + this.#editor.window(Math.max(1, columns - head.length)).text;
	}

	/** @returns a line that is finished and may be shown */
	feed(key: Key): string | undefined {
		if ("key" in key && key.key === "end-of-file") {
			this.#take(this.#editor.text, false);
			this.#finish("done");
			return undefined;
		}
		const result = this.#editor.feed(key);
		if (result.kind === "cancel") {
			this.#finish("cancelled");
			return undefined;
		}
		if (result.kind !== "line") {
			this.#quiet = false;
			this.#wait(patienceMs);
			return undefined;
		}
		const isShown = this.#line(result.line, result.tooLong) && !this.#paste.secret;
		return isShown ? result.line : undefined;
	}

	/** @throws CommandError CONSOLE_LENGTH */
	bytes(): Uint8Array {
		if (this.#tooLong)
			throw new CommandError("CONSOLE_LENGTH", `more than ${this.#paste.maxBytes} bytes: nothing was taken`);
		const bytes = new Uint8Array(this.#length);
		let at = 0;
		for (const part of this.#parts) {
			bytes.set(part, at);
			at += part.length;
		}
		return bytes;
	}

	/** No end comes any more; what was collected is forgotten. */
	close(): void {
		this.#timer.clear(this.#handle);
		this.#handle = undefined;
		for (const part of this.#parts) part.fill(0);
		this.#parts = [];
	}

	/** @returns whether it is part of the input */
	#line(line: string, tooLong: boolean): boolean {
		if (line.trim() === ".") {
			this.#finish("done");
			return false;
		}
		this.#lines++;
		this.#take(line, tooLong);
		const isEmpty = line.trim() === "";
		this.#quiet = isEmpty && (this.#quiet || this.#blockEnded);
		if (!isEmpty) this.#blockEnded = this.#paste.endsBlock(line);
		this.#wait(this.#quiet ? quietMs : patienceMs);
		return true;
	}

	#take(line: string, tooLong: boolean): void {
		const part = encodeUTF8(`${line}\n`);
		if (tooLong || this.#length + part.length > this.#paste.maxBytes) this.#tooLong = true;
		if (this.#tooLong) return;
		this.#parts.push(part);
		this.#length += part.length;
	}

	#wait(ms: number): void {
		if (this.#handle !== undefined) this.#timer.clear(this.#handle);
		this.#handle = this.#timer.set(() => {
			this.#handle = undefined;
			this.#onEnd(this.#quiet ? "done" : "timeout", true);
		}, ms);
	}

	#finish(end: PasteEnd): void {
		this.#timer.clear(this.#handle);
		this.#handle = undefined;
		this.#onEnd(end, false);
	}
}
