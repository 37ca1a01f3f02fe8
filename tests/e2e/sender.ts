// SPDX-License-Identifier: Apache-2.0
//
// sx and sb of lrzsz at a gateway's serial line: with the pseudo-terminal as their own line, as picocom gives it to them, or behind a line
// that damages some of their bytes.

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { Line, until } from "./terminal.js";

/** Longest wait for a sender to end; a bound against hanging. */
const patienceMs = 120_000;

export interface Sent {
	/** `undefined` when a signal ended it. */
	status: number | undefined;
	/** What it said to people. */
	text: string;
}

/** Types the command that takes a file; nobody else may read from the line. */
function ask(tty: string, command: string): number {
	const line = openSync(tty, "r+");
	writeSync(line, `${command}\r`);
	return line;
}

class Listener {
	readonly end: Promise<Sent>;
	/** What it said to people so far. */
	text = "";

	constructor(child: ChildProcess) {
		child.stderr?.on("data", (chunk: Buffer) => (this.text += chunk.toString("utf8")));
		this.end = this.#wait(child);
	}

	async #wait(child: ChildProcess): Promise<Sent> {
		const deadline = setTimeout(() => child.kill("SIGKILL"), patienceMs);
		const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
		clearTimeout(deadline);
		return { status: status ?? undefined, text: this.text };
	}
}

/** A sender that has the line for itself. What the gateway says to the command it takes for what comes before the start. */
export class Sender {
	readonly #child: ChildProcess;
	readonly #listener: Listener;

	/** @param command what is typed at the gateway. @param program `sx -k FILE` */
	constructor(tty: string, command: string, [program, ...args]: string[]) {
		const line = ask(tty, command);
		this.#child = spawn(program, args, { stdio: [line, line, "pipe"] });
		closeSync(line);
		this.#listener = new Listener(this.#child);
	}

	get end(): Promise<Sent> {
		return this.#listener.end;
	}

	/** Ends it when so many KB are sent. */
	async killAfter(kilobytes: number, signal: NodeJS.Signals): Promise<void> {
		await until(
			"a beginning",
			() => this.#listener.text.includes(`/${kilobytes}k`),
			() => this.#listener.text.slice(-500),
		);
		this.#child.kill(signal);
		await this.end;
	}
}

/**
 * As `Sender`, but its bytes pass our hands. One that leaves a pseudo-terminal empties it, and its last words may be lost; here they are not.
 * @param flips numbers of bytes of which one bit is changed. @param stopAt how many bytes pass before it is stopped as by Ctrl-C
 */
export async function sendThroughHands(
	tty: string,
	command: string,
	[program, ...args]: string[],
	{ flips = [], stopAt = Infinity }: { flips?: number[]; stopAt?: number },
): Promise<Sent> {
	closeSync(ask(tty, command));
	const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
	const line = new Line(tty, "latin1");
	line.onText = (text) => void child.stdin.write(Buffer.from(text, "latin1"));
	child.stdin.on("error", () => undefined);
	let count = 0;
	child.stdout.on("data", (chunk: Buffer) => {
		for (const flip of flips) if (flip >= count && flip < count + chunk.length) chunk[flip - count] ^= 0x10;
		count += chunk.length;
		line.type(chunk);
		if (count >= stopAt) child.kill("SIGINT");
	});
	const sent = await new Listener(child).end;
	line.close();
	return sent;
}
