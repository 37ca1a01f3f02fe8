// SPDX-License-Identifier: Apache-2.0
//
// A real gateway, a real nginx, and the link between them: what the rounds of the soak are played with. Firmware is the gateway program
// itself, 1.7 MB. Node only.

import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeKey } from "../../../tools/firmware-lib/keys.js";
import { Bench, firmware } from "../../e2e/bench.js";
import { Nginx } from "../../e2e/nginx.js";
import { freeUDPPort } from "../../e2e/snmp-programs.js";
import { freePort } from "../../harness/loopback.js";
import { ca, CertificateMaker, type Issued, leaf } from "../../tls/certificates.js";
import { Link } from "./link.js";

/** Of the gateway's waits, of which some rounds have many; TLS, flash and restarts take the time they take. */
export const timeScale = 20;
/** A key that no gateway trusts. */
const strangeKey = makeKey("ecdsa");

export class World {
	readonly bench: Bench;
	readonly link: Link;
	readonly sipPort: number;
	readonly webPort: number;
	readonly #folder: string;
	readonly #identity: Issued;
	#nginx: Nginx | undefined;
	#starts = 0;
	/** Seconds since 1970: dates of files, each a second later than the one before, whatever the time of a round. */
	#modified = Math.floor(Date.now() / 1000) - 30 * 86_400;

	private constructor(parts: { bench: Bench; link: Link; folder: string; identity: Issued }, sip: number, web: number) {
		this.bench = parts.bench;
		this.link = parts.link;
		this.#folder = parts.folder;
		this.#identity = parts.identity;
		[this.sipPort, this.webPort] = [sip, web];
	}

	/** The gateway is off. @param hostName of the factory's settings, version 1.0.0 of its firmware */
	static async make(hostName: string): Promise<World> {
		const folder = mkdtempSync(join(tmpdir(), "upgate-real-soak-"));
		const maker = new CertificateMaker(folder);
		const root = maker.issue({ name: "root", extensions: ca });
		const identity = maker.issue({ name: "server", by: root, extensions: leaf("IP:127.0.0.1") });
		const device = maker.issue({ name: "device", by: root, extensions: leaf("IP:127.0.0.1", "serverAuth") });
		const link = await Link.open();
		const [sip, web] = [await freeUDPPort(), await freePort()];
		const ports = ["--listen", "127.0.0.1", "--port", `sip=${sip}`, "--port", `web=${web}`];
		const bench = await Bench.make({
			ini: World.#ini(hostName, link.port),
			args: ["--time-scale", String(timeScale), ...ports],
			credentials: { roots: root.certificateFile, certificate: device.certificateFile, key: device.keyFile },
		});
		const world = new World({ bench, link, folder, identity }, sip, web);
		await world.serve();
		return world;
	}

	/** Of all generations alike but for the name, so that a gateway with any of them is as large as before. */
	static #ini(hostName: string, port: number, more = ""): string {
		const url = `https://127.0.0.1:${port}`;
		const fixed = ["EnableSIPRemoteReset = 1", "SIPNotifySources = '127.0.0.1'", "SIPNotifyInterval = 0"];
		const urls = [`IniFileURL = '${url}/config.ini'`, `AutoCmpFileUrl = '${url}/firmware.cmp'`];
		return [...fixed, "TLSLocalSIPPort = 0", ...urls, more, `HostName = '${hostName}'`, ""].join("\r\n");
	}

	publishSettings(hostName: string, good = true): void {
		this.#put("config.ini", World.#ini(hostName, this.link.port, good ? "" : "AutoUpdateFrequency = 'often"));
	}

	/** @returns what lies on the server */
	async publishFirmware(version: string, kind: "good" | "forged" | "damaged" = "good"): Promise<Buffer> {
		const image = await firmware(version, kind === "forged" ? { keys: [strangeKey] } : {});
		if (kind === "damaged") image[image.length >> 1] ^= 1;
		this.#put("firmware.cmp", image);
		return image;
	}

	#put(name: string, content: string | Buffer): void {
		const [path, next] = [join(this.bench.www, name), join(this.#folder, "next")];
		writeFileSync(next, content);
		this.#modified++;
		utimesSync(next, this.#modified, this.#modified);
		renameSync(next, path);
	}

	/** The server is there; it was not, or was already. */
	async serve(): Promise<void> {
		if (this.#nginx !== undefined) return;
		const { certificateFile, keyFile } = this.#identity;
		const folder = join(this.#folder, `nginx${this.#starts++}`);
		this.#nginx = await Nginx.start(folder, this.bench.www, [
			`ssl_certificate ${certificateFile};`,
			`ssl_certificate_key ${keyFile};`,
		]);
		this.link.target = Number(new URL(this.#nginx.url).port);
	}

	/** The server dies in the middle of what it does. */
	async killServer(): Promise<void> {
		const nginx = this.#nginx;
		this.#nginx = undefined;
		await nginx?.close("SIGKILL");
	}

	async close(): Promise<void> {
		await this.bench.close();
		await this.link.close();
		await this.#nginx?.close();
		rmSync(this.#folder, { recursive: true, force: true });
	}
}
