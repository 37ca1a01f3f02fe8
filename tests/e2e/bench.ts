// SPDX-License-Identifier: Apache-2.0
//
// A gateway on the test bench: its own folder, flash file, event file and serial line, and a server beside it.

import { type ChildProcess, spawn } from "node:child_process";
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	readlinkSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, buildBootloader, projectRoot } from "../../tools/build/index.js";
import { buildFirmware, type FirmwareOptions } from "../../tools/firmware-lib/build.js";
import { makeKey, publicPEM } from "../../tools/firmware-lib/keys.js";
import { EventFollower, type GatewayEvent } from "../../tools/gateway-lib/events.js";
import { assertNoReport } from "../harness/sanitizers.js";
import { type FactoryOptions, makeFlash } from "../../tools/gateway-lib/factory.js";

export const mac = "00908F1DD0D3";
/** Longest wait for any event; a bound against hanging, not a figure to reach. */
const patienceMs = 120_000;

/** All runs under AddressSanitizer and UndefinedBehaviorSanitizer, not only those that ask for it. */
const sanitizeAll = process.env.UPGATE_SANITIZE === "1";
const programs: Record<string, Promise<string>> = {};

/**
 * "chip32": for 32 bits, slots and pointers as on the chip; "gauge": the same with hosts/linux/gauge; "turns": with hosts/linux/turns;
 * "hungry": see tests/e2e/hungry
 */
export type Variant = "usual" | "chip32" | "gauge" | "turns" | "hungry";

const manifests: Readonly<Record<Variant, string>> = {
	usual: "manifest.json",
	chip32: "manifest.json",
	gauge: "hosts/linux/gauge/manifest.json",
	turns: "hosts/linux/turns/manifest.json",
	hungry: "tests/e2e/hungry/manifest.json",
};

/** The gateway program, built once per process. */
export function gatewayProgram(sanitize = sanitizeAll, variant: Variant = "usual"): Promise<string> {
	const bits32 = variant === "chip32" || variant === "gauge";
	return (programs[`${sanitize} ${variant}`] ??= build({
		manifest: manifests[variant],
		platform: "linux",
		name: variant === "usual" ? "gateway" : `gateway-${variant}`,
		sanitize: sanitize && !bits32,
		bits32,
	}).then((result) => result.executable));
}

/** Signs all firmware of these tests. */
const signingKey = makeKey("ecdsa");

/** A firmware image of the gateway program, signed unless `keys` says otherwise. */
export async function firmware(
	version: string,
	{ sanitize, variant, ...options }: Partial<FirmwareOptions> & { sanitize?: boolean; variant?: Variant } = {},
): Promise<Buffer> {
	const fixed = { elf: await gatewayProgram(sanitize, variant), builtMs: Date.UTC(2026, 0, 1), keys: [signingKey] };
	return buildFirmware({ version, ...fixed, ...options });
}

/** File with the public key that gateways of these tests trust. */
export function trustedKey(folder: string): string {
	const path = join(folder, "signing.pem");
	writeFileSync(path, publicPEM(signingKey));
	return path;
}

export interface BenchOptions {
	/** Factory ini. */
	ini: string;
	/** Version of the factory firmware, default 1.0.0. */
	version?: string;
	mac?: string;
	/** Files with PEM texts for the factory's flash. */
	credentials?: Pick<FactoryOptions, "roots" | "certificate" | "key" | "signingKey" | "factory">;
	/** More of the boot loader's arguments. */
	args?: string[];
	/** What the boot loader's command line begins with, as `nsenter`. */
	before?: string[];
	/** Our C, of loader and gateway, under sanitizers; in a flash of 8 MB, as the program is larger. `close` fails if they complained. */
	sanitize?: boolean;
	/** As of `gatewayProgram`. */
	variant?: Variant;
	/** Partition table, by its size; default 4, with sanitizers 8. */
	megabytes?: 4 | 8 | 16;
}

export class Bench {
	readonly folder = mkdtempSync(join(tmpdir(), "upgate-e2e-"));
	readonly flash = join(this.folder, "gateway.flash");
	readonly www = join(this.folder, "www");
	readonly #eventFile = join(this.folder, "events");
	readonly #follower = new EventFollower(this.#eventFile);
	readonly #bootloader = join(this.folder, "bootloader");
	readonly #mac: string;
	readonly #args: string[];
	readonly #before: string[];
	/** All events so far. */
	readonly events: GatewayEvent[] = [];
	/** What the serial line printed. */
	serial = "";
	/** What loader and gateway wrote to their error stream: nothing, unless a sanitizer has something to say. */
	errors = "";
	#seen = 0;
	#closed = false;
	#chip: ChildProcess | undefined;

	private constructor(options: BenchOptions) {
		this.#mac = options.mac ?? mac;
		this.#args = options.args ?? [];
		this.#before = options.before ?? [];
		mkdirSync(this.www);
	}

	/** Makes the flash file and switches nothing on. */
	static async make(options: BenchOptions): Promise<Bench> {
		const bench = new Bench(options);
		const sanitize = options.sanitize ?? sanitizeAll;
		copyFileSync((await buildBootloader({ sanitize })).executable, bench.#bootloader);
		const factory = join(bench.folder, "factory.cmp");
		writeFileSync(factory, await firmware(options.version ?? "1.0.0", { sanitize, variant: options.variant }));
		const ini = join(bench.folder, "factory.ini");
		writeFileSync(ini, options.ini);
		const partitions = join(projectRoot, `hosts/partitions/${options.megabytes ?? (sanitize ? 8 : 4)}mb.csv`);
		const signing = { signingKey: trustedKey(bench.folder) };
		await makeFlash({ flash: bench.flash, partitions, ini, firmware: factory, ...signing, ...options.credentials });
		return bench;
	}

	/** @param more arguments of the boot loader, for this time */
	powerOn(more: string[] = []): void {
		const args = ["--flash", this.flash, "--mac", this.#mac, "--serial", "stdio", "--events", this.#eventFile];
		args.push("--option", "terminal=0", "--option", "start-spread=0", "--panic-delay", "10", ...this.#args, ...more);
		const [program, ...rest] = [...this.#before, this.#bootloader, ...args];
		const chip = spawn(program, rest, { stdio: ["pipe", "pipe", "pipe"] });
		chip.stdout.on("data", (chunk: Buffer) => (this.serial += chunk.toString("utf8")));
		chip.stderr.on("data", (chunk: Buffer) => {
			this.errors += chunk.toString("utf8");
			process.stderr.write(chunk);
		});
		this.#chip = chip;
	}

	/** Process of the chip: boot loader and supervisor. */
	get pid(): number {
		const pid = this.#chip?.pid;
		if (pid === undefined) throw new Error("switched off");
		return pid;
	}

	/** Process of the firmware. */
	get firmwarePid(): number {
		const children = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, "utf8").trim().split(" ");
		return Number(children[0]);
	}

	/** What the firmware process executes: the link's text and the bytes. */
	executable(): { link: string; bytes: Buffer } {
		const path = `/proc/${this.firmwarePid}/exe`;
		return { link: readlinkSync(path), bytes: readFileSync(path) };
	}

	/** The build folder is of no matter to a running gateway. */
	removeBootloader(): void {
		rmSync(this.#bootloader);
	}

	/** What is set is saved at once. */
	type(line: string): void {
		const save = /^(set|no) /.test(line) ? "save\r" : "";
		this.#chip?.stdin?.write(`${line}\r${save}`);
	}

	/** Waits for an event not asked for before. @throws Error after two minutes, with what was seen; at once when a sanitizer complained */
	async until(match: (event: GatewayEvent) => boolean): Promise<GatewayEvent> {
		const deadline = Date.now() + patienceMs;
		for (;;) {
			this.events.push(...this.#follower.read());
			while (this.#seen < this.events.length) {
				const event = this.events[this.#seen++];
				if (match(event)) return event;
			}
			this.#assertOpen();
			if (Date.now() > deadline) throw new Error(`event did not come; serial line:\n${this.serial.slice(-2000)}`);
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	}

	/** Waits until the serial line has printed `text` after `from` characters. */
	async printed(text: string, from = 0): Promise<void> {
		const deadline = Date.now() + patienceMs;
		while (!this.serial.slice(from).includes(text)) {
			this.#assertOpen();
			if (Date.now() > deadline) throw new Error(`"${text}" was not printed:\n${this.serial.slice(from).slice(-2000)}`);
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	}

	#assertOpen(): void {
		assertNoReport(this.errors);
		if (this.#closed) throw new Error("the bench is closed");
	}

	/** Events of one kind seen so far. */
	all(event: string): GatewayEvent[] {
		this.events.push(...this.#follower.read());
		return this.events.filter((record) => record.event === event);
	}

	/** The power switch, or the plug: SIGKILL cuts without warning. */
	async powerOff(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
		const chip = this.#chip;
		if (chip === undefined) return;
		this.#chip = undefined;
		const exit = new Promise((resolve) => chip.on("close", resolve));
		if (chip.exitCode === null && chip.signalCode === null) {
			chip.kill(signal);
			await exit;
		}
	}

	async close(): Promise<void> {
		this.#closed = true;
		await this.powerOff();
		if (existsSync(this.folder)) rmSync(this.folder, { recursive: true });
		assertNoReport(this.errors);
	}
}

export const isVerdict =
	(result: string) =>
	(event: GatewayEvent): boolean =>
		event.event === "verdict" && event.result === result;
