// SPDX-License-Identifier: Apache-2.0
//
// One line that a command, or the log-in, asks for: shown or hidden. Ctrl-C cancels; two minutes without a key do too.

import { encodeUTF8 } from "../bytes/text.js";
import type { TimerHandle, TimerService } from "../ecma419/timer.js";
import type { Question } from "./commands.js";
import type { Key } from "./keys.js";

/** Time without any key after which it is given up, ms. */
export const questionPatienceMs = 120_000;
const mostBytes = 256;

export type QuestionEnd = { kind: "answer"; text: string } | { kind: "cancelled" } | { kind: "timeout" };

export interface QuestionInputOptions {
	question: Question;
	timer: TimerService;
	/** Takes the line to be shown when it is answered, without a secret. */
	onLine: (line: string) => void;
	/** Called once, by `feed` or by the timer. */
	onEnd: (end: QuestionEnd, byTimer: boolean) => void;
}

export class QuestionInput {
	readonly #question: Question;
	readonly #timer: TimerService;
	readonly #onLine: QuestionInputOptions["onLine"];
	readonly #onEnd: QuestionInputOptions["onEnd"];
	#handle: TimerHandle | undefined;
	#text = "";

	constructor({ question, timer, onLine, onEnd }: QuestionInputOptions) {
		this.#question = question;
		this.#timer = timer;
		this.#onLine = onLine;
		this.#onEnd = onEnd;
		this.wait();
	}

	/** What the bottom line of the terminal shows: never a secret, nor how long it is. */
	prompt(columns: number): string {
		const { question, secret } = this.#question;
		return (secret ? `${question} ` : `${question} ${this.#text}`).slice(0, columns);
	}

	feed(key: Key): void {
		this.wait();
		if ("text" in key) {
			if (encodeUTF8(this.#text).length < mostBytes) this.#text += key.text;
			return;
		}
		switch (key.key) {
			case "enter":
				this.#onLine(this.prompt(mostBytes + this.#question.question.length));
				return this.end({ kind: "answer", text: this.#text });
			case "cancel":
			case "end-of-file":
				return this.end({ kind: "cancelled" });
			case "backspace":
				this.#text = Array.from(this.#text).slice(0, -1).join("");
				return;
			case "kill-start":
				this.#text = "";
				return;
			default:
				return;
		}
	}

	/** No end comes any more. */
	close(): void {
		this.#timer.clear(this.#handle);
		this.#handle = undefined;
		this.#text = "";
	}

	private wait(): void {
		this.#timer.clear(this.#handle);
		this.#handle = this.#timer.set(() => {
			this.#handle = undefined;
			this.#onEnd({ kind: "timeout" }, true);
		}, questionPatienceMs);
	}

	private end(end: QuestionEnd): void {
		this.close();
		this.#onEnd(end, false);
	}
}
