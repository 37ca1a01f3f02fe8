// SPDX-License-Identifier: Apache-2.0
//
// What follows a command: its answer, page by page; what it asks for; and the time it takes. Also the log-in, which asks before all.

import type { TimerService } from "../ecma419/timer.js";
import { Answer, moreText, pageKey } from "./answer.js";
import type { CommandAnswer, IncomingFile, Paste, Question } from "./commands.js";
import type { Display } from "./display.js";
import type { PipedLine } from "./filter.js";
import type { Key } from "./keys.js";
import { Login, type LoginOwner, type LoginPort } from "./login.js";
import type { Modes } from "./modes.js";
import { type PasteEnd, PasteInput } from "./paste.js";
import { type QuestionEnd, QuestionInput } from "./question.js";
import { Reception } from "./reception.js";
import type { Keyboard } from "./shell.js";

export interface DialogueOptions {
	timer: TimerService;
	display: Display;
	modes: Modes;
	/** Without it nobody has to log in. */
	login: LoginPort | undefined;
	/** Of a page; 0: no pages. */
	rows: number;
	/** There is a bottom line to ask in. */
	terminal: boolean;
	keyboard: Keyboard;
	/** Told when nobody is logged in any more. */
	editor: { forget(): void };
}

const everything: PipedLine["filter"] = (lines) => lines;

export class Dialogue implements LoginOwner {
	readonly #timer: TimerService;
	readonly #display: Display;
	readonly #modes: Modes;
	readonly #terminal: boolean;
	readonly #keyboard: Keyboard;
	readonly #editor: DialogueOptions["editor"];
	readonly #login: Login | undefined;
	/** Of a page; 0: no pages. */
	rows: number;
	#answer: Answer | undefined;
	/** What a command, or the log-in, has asked for. */
	#input: PasteInput | QuestionInput | undefined;
	/** A command takes its time. */
	#waiting = false;
	/** A file that comes over the line. */
	#reception: Reception | undefined;
	#closed = false;

	constructor(options: DialogueOptions) {
		const { login, timer } = options;
		this.#timer = timer;
		this.#display = options.display;
		this.#modes = options.modes;
		this.#terminal = options.terminal;
		this.#keyboard = options.keyboard;
		this.#editor = options.editor;
		this.rows = options.rows;
		if (login !== undefined) this.#login = new Login(login, timer, this);
		this.askLogin();
	}

	/** For the log-in, by its timer. */
	loggedOut(): void {
		this.lock("nobody has typed for a while: logged out");
		this.#keyboard.wake();
	}

	/** A command answers: no key is taken, and the bottom line is not drawn. */
	get answering(): boolean {
		return this.#answer?.paused === false;
	}

	/** Keys have to wait. */
	get waiting(): boolean {
		return this.#waiting;
	}

	/** Bytes are no keys but a file's. */
	get receiving(): boolean {
		return this.#reception?.started === true;
	}

	/** @returns bytes taken */
	receive(bytes: Uint8Array): number {
		this.#login?.typed();
		return this.#reception?.write(bytes) ?? 0;
	}

	/** Ends what goes on. */
	close(): void {
		this.#closed = true;
		this.#reception?.close();
		this.#answer = undefined;
		this.#input?.close();
		this.#login?.close();
	}

	/** What the bottom line asks, `undefined` when nothing is asked. */
	bottom(columns: number): string | undefined {
		if (this.#answer?.paused === true) return moreText.slice(0, columns);
		return this.#waiting ? "" : this.#input?.prompt(columns);
	}

	/** @returns whether the key was meant for what is asked */
	type(key: Key): boolean {
		this.#login?.typed();
		if (this.#answer !== undefined) return this.turn(this.#answer, key);
		if (this.#input === undefined) return false;
		this.#display.touch();
		const line = this.#input.feed(key);
		if (typeof line === "string") this.#display.write(line);
		return true;
	}

	/** One line of a command's answer; at the end of a page it waits, unless somebody has typed ahead. */
	step(): void {
		const answer = this.#answer;
		if (answer === undefined) return;
		try {
			if (answer.full && !this.#keyboard.pending()) {
				answer.paused = true;
				return this.#display.touch();
			}
			if (answer.full) answer.turn("page");
			const line = answer.next();
			if (line === undefined) this.#answer = undefined;
			else this.#display.write(line);
		} catch (error) {
			this.#answer = undefined;
			this.fail(error);
		}
	}

	/** Lines that no command gives. */
	show(lines: Iterable<string>): void {
		this.#answer = new Answer(lines, this.rows - 1);
	}

	/** Takes what a command gives, or will give. */
	take(answer: CommandAnswer | Promise<CommandAnswer>, filter: PipedLine["filter"]): void {
		if (answer instanceof Promise) this.wait(answer, filter);
		else if ("mode" in answer) this.#modes.enter(answer.mode);
		else if ("logout" in answer)
			this.lock(this.#login?.logout() === true ? "logged out" : "no password is set: nothing to log out of");
		else if ("question" in answer) this.ask(answer, filter);
		else if ("receive" in answer) this.wait(this.await(answer), filter);
		else if ("invitation" in answer) this.invite(answer, filter);
		else this.#answer = new Answer(filter(answer), this.rows - 1);
	}

	/** Says what is wrong, and points at the place in the line that was echoed, when it is in its first row. @param column of the line */
	fail(error: unknown, column?: number): void {
		if (column !== undefined && column < this.#display.columns) this.#display.write(`${" ".repeat(column)}^`);
		this.#display.write(`% ${error instanceof Error ? error.message : "the command failed"}`);
	}

	/** A key at the end of a page. @returns whether it was one of a page's */
	private turn(answer: Answer, key: Key): boolean {
		this.#display.touch();
		const meant = pageKey(key);
		if (meant === "page" || meant === "line") answer.turn(meant);
		else {
			answer.end();
			this.#answer = undefined;
		}
		return meant !== "typed";
	}

	/** Nothing that is typed is looked at before it has come. */
	private wait(promise: Promise<CommandAnswer>, filter: PipedLine["filter"]): void {
		this.#waiting = true;
		const settled = (then: () => void): void => {
			this.#waiting = false;
			if (this.#closed) return;
			this.#display.touch();
			then();
			this.askLogin();
			this.#keyboard.wake();
		};
		promise.then(
			(answer) => settled(() => this.take(answer, filter)),
			(error: unknown) => settled(() => this.fail(error)),
		);
	}

	private async await(file: IncomingFile): Promise<CommandAnswer> {
		const wake = (): void => this.#keyboard.wake();
		this.#reception = new Reception({ file, timer: this.#timer, display: this.#display, wake });
		try {
			return await this.#reception.run();
		} finally {
			this.#reception = undefined;
			this.#login?.typed();
		}
	}

	/** Everything that went on ends, and the password is asked for where there is one. */
	private lock(told: string): void {
		this.#display.write(told);
		if (this.#login?.locked !== true) return;
		this.#answer?.end();
		this.#answer = undefined;
		this.#input?.close();
		this.#input = undefined;
		this.#modes.leave();
		this.#editor.forget();
		this.askLogin();
	}

	/** Where somebody has to log in, and nothing else is asked. */
	private askLogin(): void {
		const login = this.#login;
		if (login?.locked === true && this.#input === undefined && !this.#waiting) this.ask(login.question(), everything);
	}

	private ask(question: Question, filter: PipedLine["filter"]): void {
		const onEnd = (end: QuestionEnd, byTimer: boolean): void => this.answered(question, filter, end, byTimer);
		const onLine = (line: string): void => {
			if (this.#terminal) this.#display.write(line);
		};
		this.#input = new QuestionInput({ question, timer: this.#timer, onLine, onEnd });
		if (!this.#terminal) this.#display.write(question.question); // there is no bottom line to ask in
	}

	private answered(question: Question, filter: PipedLine["filter"], end: QuestionEnd, byTimer: boolean): void {
		this.#input = undefined;
		this.#display.touch();
		try {
			if (end.kind === "answer") this.take(question.answered(end.text), filter);
			else if (this.#login?.locked !== true)
				this.#display.write(end.kind === "timeout" ? "% nothing came: given up" : "% cancelled");
		} catch (error) {
			this.fail(error);
		}
		this.askLogin();
		if (byTimer) this.#keyboard.wake();
	}

	private invite(paste: Paste, filter: PipedLine["filter"]): void {
		this.#display.write(paste.invitation);
		this.#input = new PasteInput({
			paste,
			timer: this.#timer,
			onEnd: (end, byTimer) => this.pasted(paste, filter, end, byTimer),
		});
	}

	private pasted(paste: Paste, filter: PipedLine["filter"], end: PasteEnd, byTimer: boolean): void {
		const input = this.#input;
		this.#input = undefined;
		this.#display.touch();
		try {
			if (end === "done" && input instanceof PasteInput)
				this.#answer = new Answer(filter(paste.run(input.bytes())), this.rows - 1);
			else this.#display.write(end === "timeout" ? "% nothing came any more: given up" : "% cancelled");
		} catch (error) {
			this.fail(error);
		}
		input?.close();
		if (byTimer) this.#keyboard.wake();
	}
}
