// SPDX-License-Identifier: Apache-2.0
//
// A gateway started as a person does, and terminals to talk to it: tmux, and a plain reader and writer of a
// pseudo-terminal. Every wait has a deadline.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, constants, existsSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ReadStream, WriteStream } from "node:tty";
import { buildBootloader, projectRoot } from "../../tools/build/index.js";
import { firmware, trustedKey } from "./bench.js";

const patienceMs = 60_000;

/** Waits until `ready` holds. @throws Error after a minute, with what `state` says */
export async function until(what: string, ready: () => boolean, state: () => string): Promise<void> {
	const deadline = Date.now() + patienceMs;
	while (!ready()) {
		if (Date.now() > deadline) throw new Error(`${what} did not come:\n${state()}`);
		await delay(20);
	}
}

/** A reason to skip when a program is not installed. */
export function without(command: string): string | false {
	const { status } = spawnSync("sh", ["-c", `command -v ${command}`]);
	return status === 0 ? false : `${command} is not installed`;
}

/** Folder, flash file and command line of one gateway; everything built beforehand, so that its start is quick. */
export class Desk {
	readonly folder = mkdtempSync(join(tmpdir(), "upgate-console-"));
	readonly tty = join(this.folder, "tty");
	readonly #args: string[];
	#gateway: ChildProcess | undefined;

	private constructor() {
		const file = (name: string): string => join(this.folder, name);
		this.#args = ["--flash", file("gateway.flash"), "--ini", file("factory.ini"), "--firmware", file("factory.cmp")];
		this.#args.push("--signing-key", trustedKey(this.folder));
	}

	/** @param ini factory ini besides the name `desk`; no update runs at start */
	static async make(ini = ""): Promise<Desk> {
		const desk = new Desk();
		await buildBootloader();
		writeFileSync(join(desk.folder, "factory.cmp"), await firmware("1.0.0"));
		writeFileSync(
			join(desk.folder, "factory.ini"),
			`HostName = 'desk'\nAutoUpdateOnStartup = 0\nDisableWebTask = 1\n${ini}`,
		);
		return desk;
	}

	/** For a shell: the gateway with its console on the terminal. */
	get command(): string {
		return [join(projectRoot, "tools/gateway"), ...this.#args].map((word) => `'${word}'`).join(" ");
	}

	/** Starts the gateway with its console on the pseudo-terminal `tty`. */
	async start(): Promise<void> {
		const args = [...this.#args, "--serial", `pty:${this.tty}`];
		this.#gateway = spawn(join(projectRoot, "tools/gateway"), args, { stdio: ["ignore", "inherit", "inherit"] });
		await until(
			"the pseudo-terminal",
			() => existsSync(this.tty),
			() => this.tty,
		);
	}

	async close(): Promise<void> {
		const gateway = this.#gateway;
		if (gateway !== undefined && gateway.exitCode === null && gateway.signalCode === null) {
			const exit = new Promise((resolve) => gateway.on("close", resolve));
			gateway.kill("SIGTERM");
			await exit;
		}
		rmSync(this.folder, { recursive: true, force: true });
	}
}

let sessions = 0;

/** A terminal of 80 by 40 in a tmux server of its own. */
export class Tmux {
	readonly #server = `upgate-test-${process.pid}-${++sessions}`;

	/** @param command for a shell; the terminal stays when it ends */
	constructor(command: string) {
		this.#run("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "40", `${command}; echo ended; sleep 600`);
	}

	/** Lines of the screen, without spaces at their ends and empty lines at the end. */
	get lines(): string[] {
		return this.#run("capture-pane", "-p").trimEnd().split("\n");
	}

	/** Column and row of the cursor, from 0. */
	get cursor(): { column: number; row: number } {
		const [column, row] = this.#run("display-message", "-p", "#{cursor_x} #{cursor_y}").split(" ").map(Number);
		return { column, row };
	}

	/** Types text as it is. */
	type(text: string): void {
		this.#run("send-keys", "-l", "--", text);
	}

	/** Presses keys by tmux's names: `Left`, `BSpace`, `C-c`. */
	press(...keys: string[]): void {
		this.#run("send-keys", ...keys);
	}

	/** Waits until the screen ends with these lines. */
	async ends(...lines: string[]): Promise<void> {
		const wanted = lines.join("\n");
		const last = (): string => this.lines.slice(-lines.length).join("\n");
		await until(
			JSON.stringify(lines),
			() => last() === wanted,
			() => this.lines.join("\n"),
		);
	}

	close(): void {
		spawnSync("tmux", ["-L", this.#server, "kill-server"], { timeout: patienceMs });
	}

	#run(...args: string[]): string {
		const env = { ...process.env, LC_ALL: "C.UTF-8" };
		const options = { encoding: "utf8", timeout: patienceMs, env } as const;
		const { status, stdout, stderr } = spawnSync("tmux", ["-u", "-L", this.#server, ...args], options);
		if (status !== 0) throw new Error(`tmux ${args[0]}: ${stderr}`);
		return stdout;
	}
}

/** Both directions of a pseudo-terminal, bytes as they are. */
export class Line {
	/** All that came, as text. */
	text = "";
	readonly #input: ReadStream;
	readonly #output: WriteStream;
	readonly #files: number[];

	/** Takes what comes. */
	onText: ((text: string) => void) | undefined;

	/** @param encoding latin1: one character for each byte */
	constructor(path: string, encoding: "utf8" | "latin1" = "utf8") {
		const mode = constants.O_RDWR | constants.O_NOCTTY;
		this.#files = [openSync(path, mode), openSync(path, mode)];
		this.#input = new ReadStream(this.#files[0]);
		this.#output = new WriteStream(this.#files[1]);
		this.#input.setEncoding(encoding);
		this.#input.on("data", (chunk: string) => {
			this.text += chunk;
			this.onText?.(chunk);
		});
		/* The gateway is switched off: the line is dead. */
		this.#input.on("error", () => undefined);
		this.#output.on("error", () => undefined);
	}

	type(text: string | Uint8Array): void {
		this.#output.write(text);
	}

	/** The terminal does not read for a while. */
	pause(): void {
		this.#input.pause();
	}
	resume(): void {
		this.#input.resume();
	}

	/** Waits until `text` has come after `from` characters. @returns the characters up to behind it */
	async came(text: string, from = 0): Promise<number> {
		await until(
			JSON.stringify(text),
			() => this.text.includes(text, from),
			() => this.text.slice(from).slice(-2000),
		);
		return this.text.indexOf(text, from) + text.length;
	}

	close(): void {
		this.#input.destroy();
		this.#output.destroy();
		for (const file of this.#files) {
			try {
				closeSync(file);
			} catch {
				// The stream has closed it.
			}
		}
	}
}
