// SPDX-License-Identifier: Apache-2.0
//
// A console on a fake serial port, with a screen at the other end.

import { decodeLatin1 } from "../../modules/bytes/text.js";
import type { Command } from "../../modules/console/commands.js";
import { Console, type ConsoleOptions } from "../../modules/console/console.js";
import { FakeClock } from "../fakes/clock.js";
import { FakeSerialLine } from "../fakes/serial.js";
import { Screen } from "./screen.js";

export type TerminalOptions = Partial<Omit<ConsoleOptions, "commands">> & { commands?: Iterable<Command> };

export class Terminal {
	readonly line = new FakeSerialLine();
	readonly clock = new FakeClock();
	readonly screen: Screen;
	readonly console: Console;
	/** Arguments of each run of the command `note`. */
	readonly notes: string[] = [];
	/** All bytes sent, as Latin-1, in pieces: an engine that copies at each += would take minutes for a long paste. */
	readonly #pieces: string[] = [];

	constructor({ commands = this.commands(), ...options }: TerminalOptions = {}) {
		this.screen = new Screen(options.columns ?? 80);
		this.console = new Console({
			io: this.line.Serial,
			timer: this.clock.timer,
			prompt: () => "> ",
			commands: () => commands,
			rows: 0,
			...options,
		});
	}

	/** `note TEXT`, which answers with what it was given, `count N`, which answers with lines 1 to N, and `fail`. */
	commands(): Command[] {
		const { notes } = this;
		return [
			{ words: "note", usage: "TEXT", help: "notes it", run: ([text]) => (notes.push(text), [`noted ${text}`]) },
			{ words: "count", usage: "N", help: "counts", run: ([most]) => count(Number(most)) },
			{ words: "fail", usage: "", help: "fails", run: () => fail() },
			{ words: "keep", usage: "NAME VALUE", help: "a secret", secret: () => true, run: () => ["kept"] },
		];
	}

	/** Lets the console work until it rests, and shows what it sends. */
	run(): void {
		this.line.run();
		this.show();
	}

	show(): void {
		const bytes = this.line.take();
		this.screen.feed(bytes);
		for (let at = 0; at < bytes.length; at += 4096) this.#pieces.push(decodeLatin1(bytes.subarray(at, at + 4096)));
	}

	type(text: string | Uint8Array): void {
		this.line.type(text);
		this.run();
	}

	/** Lets time pass. */
	wait(ms: number): void {
		this.clock.advance(ms);
		this.run();
	}

	get text(): string {
		return this.#pieces.join("");
	}
	get lines(): string[] {
		return this.screen.lines;
	}
}

function* count(most: number): Iterable<string> {
	for (let i = 1; i <= most; i++) yield `line ${i}`;
}

function* fail(): Iterable<string> {
	yield "so far so good";
	throw new Error("no more");
}

export const keys = Object.freeze({
	up: "\x1b[A",
	down: "\x1b[B",
	left: "\x1b[D",
	right: "\x1b[C",
	backspace: "\x7f",
	enter: "\r",
	cancel: "\x03",
});
