// SPDX-License-Identifier: Apache-2.0
//
// Two ways to a simulated board: a port of npm's `serialport` in this process, with control lines and a speed; and a
// pseudo-terminal of the system, by socat, for the real library and for other programs.

import { spawn, type ChildProcess } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { Line, MakeLine } from "../../../tools/flash-lib/serial.js";
import type { FakeBoard } from "./rom.js";

type Done = (error?: Error | null) => void;

/** Where `BoardPort` has its board. */
export const PORT = "/dev/ttyUSB7";

class BoardLine extends EventEmitter implements Line {
	isOpen = false;
	readonly #board: FakeBoard;
	readonly #path: string;
	#baudRate: number;

	constructor(board: FakeBoard, path: string, baudRate: number) {
		super();
		this.#board = board;
		this.#path = path;
		this.#baudRate = baudRate;
	}

	open(done: Done): void {
		if (this.#path !== PORT) {
			return void setImmediate(done, new Error(`Error: No such file or directory, cannot open ${this.#path}`));
		}
		this.isOpen = true;
		// At another speed the host gets noise.
		this.#board.send = (data) => {
			const heard = this.#baudRate === this.#board.baudRate ? data : data.map((byte) => byte ^ 0x55);
			setImmediate(() => this.isOpen && this.emit("data", Buffer.from(heard)));
		};
		setImmediate(done, null);
	}

	close(done: Done): void {
		this.isOpen = false;
		setImmediate(() => {
			done(null);
			this.emit("close");
		});
	}

	write(data: Uint8Array, done: Done): void {
		const heard = this.#baudRate === this.#board.baudRate ? data : data.map((byte) => byte ^ 0x55);
		this.#board.receive(heard);
		setImmediate(done, null);
	}

	drain(done: Done): void {
		setImmediate(done, null);
	}

	set({ dtr, rts }: { dtr: boolean; rts: boolean }, done: Done): void {
		this.#board.signals(dtr, rts);
		setImmediate(done, null);
	}

	update({ baudRate }: { baudRate: number }, done: Done): void {
		this.#baudRate = baudRate;
		setImmediate(done, null);
	}
}

/** A USB port with the board behind it. */
export class BoardPort {
	/** For the flash tool. */
	readonly makeLine: MakeLine;
	#line: BoardLine | undefined;

	constructor(board: FakeBoard) {
		this.makeLine = (path, baudRate) => (this.#line = new BoardLine(board, path, baudRate));
	}

	/** As a board with USB of its own does at a reset, or by hand. */
	unplug(): void {
		const line = this.#line;
		if (line?.isOpen !== true) throw new Error("the port is not open");
		line.isOpen = false;
		line.emit("close", new Error("disconnected"));
	}
}

/** The board at a pseudo-terminal; it is gone when its user closes it. */
export class Pty {
	readonly path: string;
	readonly #socat: ChildProcess;

	private constructor(path: string, socat: ChildProcess) {
		this.path = path;
		this.#socat = socat;
	}

	/** @param path of a link to the terminal, not there yet */
	static async open(board: FakeBoard, path: string): Promise<Pty> {
		const socat = spawn("socat", [`PTY,link=${path},rawer,wait-slave`, "STDIO"], {
			stdio: ["pipe", "pipe", "inherit"],
		});
		socat.stdout.on("data", (data: Buffer) => board.receive(data));
		socat.stdin.on("error", () => undefined); // the user closed the terminal
		board.send = (data) => socat.stdin.write(data);
		for (let i = 0; !existsSync(path); i++) {
			if (i > 500 || socat.exitCode !== null) throw new Error("socat made no terminal");
			await delay(20);
		}
		return new Pty(path, socat);
	}

	async close(): Promise<void> {
		if (this.#socat.exitCode !== null || this.#socat.signalCode !== null) return;
		const gone = once(this.#socat, "exit");
		this.#socat.kill();
		await gone;
	}
}
