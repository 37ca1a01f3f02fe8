// SPDX-License-Identifier: Apache-2.0
//
// A loader under test: started, talked to on its standard input, waited for with deadlines.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { buildBootloader } from "../../../tools/build/index.js";

export const MAC = "00908F1DD0D3";
const DEADLINE_MS = 20_000;

let built: Promise<string> | undefined;

/** Path of the loader, built with sanitizers. */
export function bootloader(): Promise<string> {
	built ??= buildBootloader({ sanitize: true }).then((result) => result.executable);
	return built;
}

export interface Run {
	status: number | null;
	stdout: string;
	stderr: string;
}

/** Runs a loader to its end; `input` is all that comes on the serial line. */
export async function runBoard(args: readonly string[], input = ""): Promise<Run> {
	const { status, stdout, stderr } = spawnSync(await bootloader(), args, {
		input,
		encoding: "latin1",
		timeout: DEADLINE_MS,
	});
	return { status, stdout, stderr };
}

export class Board {
	readonly process: ChildProcess;
	readonly ended: Promise<{ status: number | null; signal: string | null }>;
	output = "";
	#read = 0;
	#wake: () => void = () => undefined;

	private constructor(process: ChildProcess) {
		this.process = process;
		const take = (bytes: Buffer): void => {
			this.output += bytes.toString("latin1");
			this.#wake();
		};
		process.stdout?.on("data", take);
		process.stderr?.on("data", take);
		this.ended = new Promise((resolve) => process.on("close", (status, signal) => resolve({ status, signal })));
	}

	static async start(args: readonly string[]): Promise<Board> {
		return new Board(spawn(await bootloader(), args, { stdio: "pipe" }));
	}

	send(line: string): void {
		this.process.stdin?.write(`${line}\r`);
	}

	/** Waits for output that matches and has not been waited for before. */
	async expect(pattern: RegExp): Promise<RegExpExecArray> {
		const deadline = Date.now() + DEADLINE_MS;
		for (;;) {
			const match = pattern.exec(this.output.slice(this.#read));
			if (match !== null) {
				this.#read += match.index + match[0].length;
				return match;
			}
			const left = deadline - Date.now();
			if (left <= 0) throw new Error(`no ${String(pattern)} in: ${this.output.slice(this.#read)}`);
			await this.#change(left);
		}
	}

	#change(ms: number): Promise<void> {
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, ms);
			this.#wake = () => {
				clearTimeout(timer);
				resolve();
			};
		});
	}

	/** Ends it, whatever it does. */
	async stop(): Promise<void> {
		if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill("SIGKILL");
		await this.ended;
	}
}

/** Runs `action` with a loader and ends the loader. */
export async function withBoard(args: readonly string[], action: (board: Board) => Promise<void>): Promise<void> {
	const board = await Board.start(args);
	try {
		await action(board);
	} finally {
		await board.stop();
	}
}
