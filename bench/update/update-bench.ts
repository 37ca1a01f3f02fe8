// SPDX-License-Identifier: Apache-2.0
//
// One firmware file on nginx by https, a gateway whose flash is taken back before each update, and the peers that do the same
// with the same bytes: fetch and prove the server, verify an ECDSA signature over SHA-256, write.

import { execFileSync } from "node:child_process";
import { randomBytes, sign } from "node:crypto";
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeKey, publicPEM } from "../../tools/firmware-lib/keys.js";
import { projectRoot } from "../../tools/build/index.js";
import { makePrivateCA } from "../../tools/lib/private-ca.js";
import { Bench, firmware, gatewayProgram } from "../../tests/e2e/bench.js";
import { Nginx } from "../../tests/e2e/nginx.js";
import { cpuOf, type Timed, timed } from "../lib/measure.js";

/** Where the second program slot of the 16 MB table lies. */
const slotOffset = 0x6a0000;

/** A program with so many bytes more in it that nothing loads. */
function padded(elf: string, bytes: number, folder: string): string {
	const [padding, output] = [join(folder, "padding"), join(folder, "padded")];
	writeFileSync(padding, randomBytes(bytes));
	execFileSync("objcopy", ["--add-section", `.padding=${padding}`, elf, output]);
	return output;
}

export interface UpdateFigures {
	/** From the process's start until it is idle, CPU seconds. */
	start: number;
	/** From the trigger until the new firmware is in force but for the restart, CPU seconds. */
	update: number;
	/** The same by the clock, milliseconds. */
	ms: number;
}

export class UpdateBench {
	readonly folder = mkdtempSync(join(tmpdir(), "upgate-bench-"));
	readonly #key = makeKey("ecdsa");
	#image: Buffer = Buffer.alloc(0);
	#root = "";
	#nginx: Nginx | undefined;
	#gateway: Bench | undefined;

	/** @param bytes as of `offer` */
	static async make(bytes: number): Promise<UpdateBench> {
		const bench = new UpdateBench();
		await bench.offer(bytes);
		await bench.#prepare();
		return bench;
	}

	/**
	 * From now on the server has a file of so many bytes. One that is smaller than the gateway's program holds one that only ends: it is not
	 * started here.
	 * @param bytes about that; 32 KB at least
	 */
	async offer(bytes: number): Promise<void> {
		const keys = [this.#key];
		const whole = await gatewayProgram();
		const small = this.#path("small");
		if (!existsSync(small)) execFileSync("gcc", ["-O2", "-o", small, join(projectRoot, "tools/fleet-lib/broken.c")]);
		const lengthOf = async (elf: string): Promise<number> => (await firmware("1.0.0", { keys, elf })).length;
		const elf = (await lengthOf(whole)) > bytes ? small : whole;
		const more = Math.max(0, bytes - (await lengthOf(elf)));
		this.#image = await firmware("1.1.0", { keys, elf: padded(elf, more, this.folder) });
		writeFileSync(this.#path("firmware.cmp"), this.#image);
		writeFileSync(this.#path("signature"), sign("sha256", this.#image, this.#key));
	}

	get bytes(): number {
		return this.#image.length;
	}

	get url(): string {
		return `${this.#nginx?.url ?? ""}/firmware.cmp`;
	}

	#path(name: string): string {
		return join(this.folder, name);
	}

	async #prepare(): Promise<void> {
		chmodSync(this.folder, 0o755);
		writeFileSync(this.#path("signing.pem"), publicPEM(this.#key));
		const authority = makePrivateCA(this.#path("ca"), "device");
		this.#root = authority.root;
		const { certificate, key } = authority.server;
		const lines = [`ssl_certificate ${certificate};`, `ssl_certificate_key ${key};`, "ssl_protocols TLSv1.2 TLSv1.3;"];
		this.#nginx = await Nginx.start(this.#path("nginx"), this.folder, lines);
		/* Calls that never end hold the restart back: the process can be looked at when all else is done. */
		const ini = ["AutoUpdateOnStartup = 0", "AupdGracefulShutdown = 1", "AdminStateLockControl = -1", ""];
		const credentials = { roots: this.#root, signingKey: this.#path("signing.pem") };
		this.#gateway = await Bench.make({ ini: ini.join("\r\n"), credentials, megabytes: 16 });
		copyFileSync(this.#gateway.flash, this.#path("fresh.flash"));
	}

	/** One update of the gateway. @throws Error when the flash does not hold the image afterwards */
	async gateway(onIdle?: (pid: number) => Promise<void>): Promise<UpdateFigures> {
		const gateway = this.#gateway;
		if (gateway === undefined) throw new Error("closed");
		copyFileSync(this.#path("fresh.flash"), gateway.flash);
		gateway.powerOn();
		await gateway.until(({ event }) => event === "boot");
		gateway.type("debug lines 1");
		gateway.type(`set AutoCmpFileUrl ${this.url}`);
		await gateway.printed("AutoCmpFileUrl =", gateway.serial.lastIndexOf("rst:"));
		await new Promise((resolve) => setTimeout(resolve, 300));
		const pid = gateway.firmwarePid;
		const start = cpuOf(pid);
		await onIdle?.(pid);
		gateway.type("update");
		const begin = await gateway.until(({ event, cause }) => event === "trigger" && cause === "console");
		const end = await gateway.until(({ event, state }) => event === "lines" && state === "locked");
		await new Promise((resolve) => setTimeout(resolve, 100));
		const update = cpuOf(pid) - start;
		await gateway.powerOff("SIGKILL");
		this.#check(gateway.flash);
		return { start, update, ms: Number(end.ticks) - Number(begin.ticks) };
	}

	/** The same by others' programs. @throws Error when one of them fails, or the bytes differ */
	async peers(): Promise<Timed> {
		const flash = this.#path("peers.flash");
		copyFileSync(this.#path("fresh.flash"), flash);
		const script = [
			'curl -sS --cacert "$root" -o "$file" "$url"',
			'openssl dgst -sha256 -verify "$key" -signature "$signature" "$file"',
			'dd if="$file" of="$flash" bs=4096 seek="$seek" conv=notrunc status=none',
		];
		const values = {
			root: this.#root,
			url: this.url,
			file: this.#path("fetched"),
			key: this.#path("signing.pem"),
			signature: this.#path("signature"),
			flash,
			seek: String(slotOffset / 4096),
		};
		const used = await timed(script.join(" && "), values);
		this.#check(flash);
		return used;
	}

	#check(flash: string): void {
		const stored = readFileSync(flash).subarray(slotOffset, slotOffset + this.#image.length);
		if (!stored.equals(this.#image)) throw new Error("the slot does not hold the image");
	}

	async close(): Promise<void> {
		await this.#gateway?.close();
		await this.#nginx?.close();
		rmSync(this.folder, { recursive: true });
	}
}
