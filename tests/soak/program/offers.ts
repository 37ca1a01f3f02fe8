// SPDX-License-Identifier: Apache-2.0
//
// What is published for a round: settings, firmware, kept files, each good or bad in one way. Everything is new at each offer, and
// the settings of one generation are as long as those of another, so that a gateway that has taken any is as large as before.

import { encodeUTF8 } from "upgate/bytes/text";
import type { Random } from "../../harness/random.js";
import { buildImage, type ImageFields, signImage, type Signer } from "../../update/image.js";
import type { Server } from "./server.js";

export const offerNames = [
	"nothing",
	"settings",
	"firmware",
	"both",
	"kept file",
	"bad settings",
	"foreign settings",
	"settings that cut off",
	"forged firmware",
	"damaged firmware",
	"firmware of another model",
	"firmware for another chip",
	"older firmware",
	"crashing firmware",
	"firmware too large",
] as const;

export type OfferName = (typeof offerNames)[number];

export const iniPath = "/config.ini";
const cmpPath = "/firmware.cmp";
const tonesPath = "/tones.dat";
/** Bytes of the program; the image has 1.6 KB and the signature's 4 KB more. */
const programBytes = { least: 2000, most: 16000 };
const slotBytes = 16 * 4096;

export interface Ports {
	http: number;
	https: number;
	/** Nobody listens there. */
	dead: number;
}

export class Offers {
	/** What a gateway shows that has taken the last good settings and the last good firmware. */
	hostName = "gw-000000";
	version = "1.000000";
	/** Names and versions that were good at some time lately: an update may be held back. */
	readonly recent: string[] = ["gw-000000", "1.000000"];
	/** Blocks of 4 KB that the last firmware takes, signature included. */
	imageBlocks = 0;
	/** Crashes as soon as it runs. */
	faulty: string[] = [];
	/** What is published now is good. */
	goodSettings = true;
	goodFirmware = true;
	readonly #server: Server;
	readonly #random: Random;
	readonly #signer: Signer;
	readonly #ports: Ports;
	readonly #wall: () => number;
	#number = 0;

	constructor(parts: { server: Server; random: Random; signer: Signer; ports: Ports; wall: () => number }) {
		this.#server = parts.server;
		this.#random = parts.random;
		this.#signer = parts.signer;
		this.#ports = parts.ports;
		this.#wall = parts.wall;
	}

	/** In the factory. */
	first(): { image: Uint8Array; settings: Record<string, string> } {
		const image = this.#image(this.#names().version, {});
		const http = this.#url(false, iniPath);
		return { image, settings: { IniFileURL: http, HostName: this.hostName, ...common } };
	}

	publish(name: OfferName): void {
		const { hostName, version } = name === "nothing" ? this : this.#names();
		switch (name) {
			case "nothing":
				return;
			case "settings":
				return this.#goodIni(hostName, "");
			case "both":
				this.#goodIni(hostName, "");
				return this.#good(version);
			case "kept file":
				this.#put(tonesPath, this.#random.bytes(1000 + this.#random.below(5000)));
				return this.#goodIni(hostName, `CptFileURL = '${this.#url(false, tonesPath)}'\n`);
			case "foreign settings":
				return this.#goodIni(hostName, this.#foreign());
			case "bad settings":
				this.goodSettings = false;
				return this.#put(iniPath, encodeUTF8(this.#ini(hostName, "AutoUpdateFrequency = 'often\n")));
			case "settings that cut off":
				this.goodSettings = false;
				return this.#put(
					iniPath,
					encodeUTF8(this.#ini(hostName, "").replaceAll(/127\.0\.0\.1:\d+/g, this.#deadServer())),
				);
			default:
				return this.#firmware(name, version);
		}
	}

	#firmware(name: OfferName, version: string): void {
		if (name === "firmware") return this.#good(version);
		this.goodFirmware = false;
		const bad: Partial<Record<OfferName, ImageFields>> = {
			"firmware of another model": { version, model: "gw-other" },
			"firmware for another chip": { version, chip: 9 },
			"older firmware": { version: "0.9" },
		};
		const image = this.#image(version, bad[name] ?? {});
		if (name === "crashing firmware") this.faulty = [...this.faulty.slice(-9), version];
		if (name === "damaged firmware") image[400 + this.#random.below(1000)] ^= 1 << this.#random.below(8);
		if (name === "forged firmware") image[image.length - 4096 + 812 + this.#random.below(32)] ^= 0x10;
		this.#put(cmpPath, name === "firmware too large" ? tooLarge(image) : image);
	}

	#good(version: string): void {
		this.version = version;
		this.#remember(version);
		this.goodFirmware = true;
		const image = this.#image(version, {});
		this.imageBlocks = Math.ceil(image.length / 4096);
		this.#put(cmpPath, image);
	}

	#remember(name: string): void {
		this.recent.push(name);
		if (this.recent.length > 8) this.recent.shift();
	}

	#goodIni(hostName: string, more: string): void {
		this.hostName = hostName;
		this.#remember(hostName);
		this.goodSettings = true;
		this.#put(iniPath, encodeUTF8(this.#ini(hostName, more)));
	}

	/** Without its last character it is none: a file cut short in another way could not be told from a whole one. */
	#ini(hostName: string, more: string): string {
		const secure = this.#random.below(2) === 1;
		const lines = [
			...Object.entries(common).map(([name, value]) => `${name} = '${value}'`),
			`IniFileURL = '${this.#url(secure, iniPath)}'`,
			`AutoCmpFileUrl = '${this.#url(this.#random.below(2) === 1, cmpPath)}'`,
		];
		const remarks = Array.from(
			{ length: this.#random.below(20) },
			() => "; nothing of interest in this line, or any like it",
		);
		return `${[...lines, ...remarks].join("\n")}\n${more}HostName = '${hostName}'`;
	}

	/** Names and a table of another product: kept, without effect. */
	#foreign(): string {
		const rows = Array.from({ length: 1 + this.#random.below(8) }, (_, i) => `ProxyIp ${i} = '192.0.2.${i}', 0;`);
		return `SomeVendorName = ${this.#random.below(1000)}\n[ ProxyIp ]\nFORMAT ProxyIp_Index = ProxyIp_IpAddress, ProxyIp_TransportType;\n${rows.join("\n")}\n[ \\ProxyIp ]\n`;
	}

	#deadServer(): string {
		return `127.0.0.1:${this.#ports.dead}`;
	}

	#url(secure: boolean, path: string): string {
		return secure ? `https://127.0.0.1:${this.#ports.https}${path}` : `http://127.0.0.1:${this.#ports.http}${path}`;
	}

	#names(): { hostName: string; version: string } {
		const digits = String(this.#number++).padStart(6, "0");
		return { hostName: `gw-${digits}`, version: `1.${digits}` };
	}

	#image(version: string, fields: Partial<ImageFields>): Uint8Array {
		const { least, most } = programBytes;
		const length = (least + this.#random.below(most - least)) & ~3;
		const image = buildImage({ version, length, seed: this.#random.next(), keys: [], ...fields });
		return signImage(image, [this.#signer]);
	}

	#put(path: string, body: Uint8Array): void {
		this.#server.files[path] = { body, modifiedMs: this.#wall() };
	}
}

/** Of every generation. Settings do not restart the gateway. */
const common: Readonly<Record<string, string>> = {
	AutoUpdateFrequency: "80",
	EnableSIPRemoteReset: "1",
	SIPNotifySources: "127.0.0.1",
	HTTPSOnly: "0",
	DisableSNMP: "0",
	SNMPReadOnlyCommunityString_0: "soak",
};

function tooLarge(image: Uint8Array): Uint8Array {
	const all = new Uint8Array(slotBytes + 4096);
	all.set(image);
	return all;
}
