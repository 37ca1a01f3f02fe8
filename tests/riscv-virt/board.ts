// SPDX-License-Identifier: Apache-2.0
//
// A gateway on the emulated machine: its flash file, its serial line, its power switch.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, buildBootloader, projectRoot } from "../../tools/build/index.js";
import { buildFirmware } from "../../tools/firmware-lib/build.js";
import { makeKey, publicPEM } from "../../tools/firmware-lib/keys.js";
import { type FactoryOptions, makeFlash } from "../../tools/gateway-lib/factory.js";
import { type MachineOptions, machineArguments, qemu } from "../../tools/riscv-lib/qemu.js";

export const mac = "00908F1DD0D3";
/** The computer that QEMU runs on, as the machine sees it. */
export const hostAddress = "10.0.2.2";

/** Longest wait for a text; a bound against hanging, not a figure to reach. */
const patienceMs = 40_000;
const platform = "riscv-virt";
const signingKey = makeKey("ecdsa");

let program: Promise<string> | undefined;

/** Compiler, emulator and libraries, which only this host needs. */
function setUp(): void {
	const { status } = spawnSync(process.execPath, ["tools/setup.mjs", "riscv"], { cwd: projectRoot, stdio: "inherit" });
	if (status !== 0) throw new Error("the set-up for RISC-V failed");
}

/** The gateway program, built once per process. */
function gatewayProgram(): Promise<string> {
	if (program === undefined) {
		setUp();
		program = build({ platform }).then(({ executable }) => executable);
	}
	return program;
}

/** A signed image of the gateway program. */
export async function firmware(version: string): Promise<Buffer> {
	const fixed = { elf: await gatewayProgram(), builtMs: Date.UTC(2026, 0, 1), keys: [signingKey] };
	return buildFirmware({ version, platform, ...fixed });
}

export class Board {
	readonly folder = mkdtempSync(join(tmpdir(), "upgate-riscv-"));
	readonly flash = join(this.folder, "gateway.flash");
	readonly www = join(this.folder, "www");
	/** What the serial line printed since the first start. */
	serial = "";
	readonly #bootloader: string;
	#machine: ChildProcess | undefined;

	private constructor(bootloader: string) {
		this.#bootloader = bootloader;
		mkdirSync(this.www);
	}

	/** Makes the flash file, with firmware 1.0.0, and switches nothing on. */
	static async make(ini: string, credentials: Partial<FactoryOptions> = {}): Promise<Board> {
		const image = await firmware("1.0.0");
		const board = new Board((await buildBootloader({ platform })).executable);
		const file = (name: string, contents: string | Uint8Array): string => {
			writeFileSync(join(board.folder, name), contents);
			return join(board.folder, name);
		};
		await makeFlash({
			flash: board.flash,
			partitions: join(projectRoot, "hosts/partitions/4mb.csv"),
			firmware: file("factory.cmp", image),
			ini: file("factory.ini", ini),
			signingKey: file("signing.pem", publicPEM(signingKey)),
			...credentials,
		});
		return board;
	}

	/** @param forwards TCP ports of this computer that lead to the machine's */
	powerOn(forwards: MachineOptions["forwards"] = []): void {
		const options = ["--option", "terminal=0", "--option", "start-spread=0"];
		const optionsFile = join(this.folder, "options");
		const fixed = { bootloader: this.#bootloader, flash: this.flash, mac, optionsFile };
		const args = machineArguments({ ...fixed, options, forwards });
		const machine = spawn(qemu, args, { stdio: ["pipe", "pipe", "inherit"] });
		machine.stdout.on("data", (chunk: Buffer) => (this.serial += chunk.toString("latin1")));
		this.#machine = machine;
	}

	/** At once, as when the plug is pulled. */
	async powerOff(): Promise<void> {
		const machine = this.#machine;
		this.#machine = undefined;
		if (machine === undefined || machine.exitCode !== null) return;
		const ended = new Promise((resolve) => machine.once("exit", resolve));
		machine.kill("SIGKILL");
		await ended;
	}

	type(line: string): void {
		this.#machine?.stdin?.write(`${line}\r`);
	}

	/** Waits until the serial line has printed a text after `from` characters. @returns where it ends */
	async printed(wanted: RegExp, from = 0): Promise<number> {
		const deadline = Date.now() + patienceMs;
		for (;;) {
			const match = wanted.exec(this.serial.slice(from));
			if (match !== null) return from + match.index + match[0].length;
			if (Date.now() > deadline) throw new Error(`${String(wanted)} was not printed:\n${this.serial.slice(-2000)}`);
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	}

	async close(): Promise<void> {
		await this.powerOff();
		rmSync(this.folder, { recursive: true, force: true });
	}
}
