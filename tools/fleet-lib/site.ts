// SPDX-License-Identifier: Apache-2.0
//
// What the server offers and what the factory puts into each gateway: certificates of one private authority, ini files, signed firmware.

import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, buildBootloader, projectRoot } from "../build/index.js";
import { buildFirmware, writeFirmware } from "../firmware-lib/build.js";
import { damageImage } from "../firmware-lib/damage.js";
import { type KeyFiles, makeKeyFiles } from "../firmware-lib/keys.js";
import { makeFlash } from "../gateway-lib/factory.js";
import { makePrivateCA, type PrivateCA } from "../lib/private-ca.js";
import type { GatewayFiles } from "./gateway.js";
import type { FleetOptions } from "./options.js";

export const factoryVersion = "1.0.0";

/** AudioCodes' prefix, and numbers far from those of other tests. */
export function macOf(index: number): string {
	return `00908F${(0x100000 + index).toString(16).toUpperCase().padStart(6, "0")}`;
}

export class Site {
	readonly folder: string;
	readonly www: string;
	readonly ca: PrivateCA;
	readonly #options: FleetOptions;
	readonly #signing: KeyFiles;
	readonly #url: string;
	#elf = "";
	/** Loader of all gateways. */
	bootloader = "";

	constructor(folder: string, url: string, options: FleetOptions) {
		this.folder = folder;
		this.www = join(folder, "www");
		this.#options = options;
		this.#url = url;
		for (const name of ["www/ini", "www/firmware", "gateways"]) mkdirSync(join(folder, name), { recursive: true });
		chmodSync(folder, 0o755);
		this.ca = makePrivateCA(join(folder, "ca"), macOf(0));
		this.#signing = makeKeyFiles(join(folder, "signing.pem"));
	}

	/** Builds loader and program, and the factory's firmware. @returns bytes of it */
	async prepare(): Promise<number> {
		const { elf } = this.#options;
		this.#elf = elf ?? (await build({ manifest: "manifest.json", platform: "linux", name: "gateway" })).executable;
		this.bootloader = (await buildBootloader()).executable;
		const image = await this.#image(factoryVersion);
		writeFirmware(this.#factoryFirmware, image);
		return image.length;
	}

	/** Makes the flash of one gateway as the factory does, with a certificate of its own. */
	async makeGateway(index: number): Promise<GatewayFiles> {
		const mac = macOf(index);
		const base = join(this.folder, "gateways", mac);
		const files = { mac, flash: `${base}.flash`, events: `${base}.events` };
		const device = index === 0 ? this.ca.device : this.ca.issue(mac);
		const ini = `${base}.ini`;
		writeFileSync(ini, this.#ini(undefined));
		await makeFlash({
			...{ flash: files.flash, ini, roots: this.ca.root, ...device, signingKey: this.#signing.public },
			partitions: join(projectRoot, "hosts/partitions/4mb.csv"),
			firmware: this.#factoryFirmware,
		});
		return files;
	}

	/** Offers firmware to all from now on. @param bad see `FaultName` */
	async offerFirmware(version: string, bad?: "bad-firmware" | "bad-signature"): Promise<void> {
		const image = await this.#image(version, bad === "bad-firmware" ? this.#brokenProgram() : this.#elf);
		const offered = bad === "bad-signature" ? damageImage(image, "signature:0") : image;
		writeFirmware(join(this.www, "firmware/current.cmp"), offered);
	}

	/** Offers each gateway a new configuration. @param generation 1 or more */
	offerConfiguration(generation: number): void {
		for (let index = 0; index < this.#options.gateways; index++) {
			const path = join(this.www, "ini", `${macOf(index)}.ini`);
			writeFileSync(`${path}.part`, this.#ini(generation, index));
			renameSync(`${path}.part`, path);
		}
	}

	get #factoryFirmware(): string {
		return join(this.folder, "factory.cmp");
	}

	/** Without a generation the factory's: where the server is, and how the first update is spread. */
	#ini(generation: number | undefined, index = 0): string {
		const { windowSeconds, intervalSeconds } = this.#options;
		const lines = [
			`IniFileURL = '${this.#url}/config_<MAC>.ini'`,
			`AutoUpdateStartupRandomTime = ${windowSeconds}`,
			`AutoUpdateFreqencySeconds = ${intervalSeconds}`,
		];
		if (generation !== undefined) {
			const host = `gw-${index}-${generation}`;
			lines.push(`AutoCmpFileUrl = '${this.#url}/firmware.cmp'`);
			lines.push(`INIFileVersion = ${generation}`, `HostName = '${host}'`);
		}
		return `${lines.join("\n")}\n`;
	}

	#image(version: string, elf = this.#elf): Promise<Buffer> {
		return buildFirmware({ version, elf, keys: [this.#signing.private] });
	}

	#brokenProgram(): string {
		const output = join(this.folder, "broken");
		execFileSync("gcc", ["-O2", "-o", output, fileURLToPath(new URL("broken.c", import.meta.url))]);
		return output;
	}
}
