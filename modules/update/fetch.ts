// SPDX-License-Identifier: Apache-2.0
//
// Which client fetches a URL: by its scheme. Clients of other schemes than http and https are made when a URL asks for them, and know
// neither conditions nor parts nor credentials; they simply leave them out. Schemes that the original has and this update has not are named.
// Sources: AudioCodes Automatic Update, "URL"; RFC 3617 (tftp).

import { UpdateError } from "./error.js";
import type { HTTPGetOptions, HTTPPort, HTTPRequestPort, SettingsReader } from "./interfaces.js";
import type { FileOutcome } from "./outcome.js";
import type { PlanEntry } from "./plan.js";

/** Fetches one file after another: an HTTP session, or what looks like one (module `tftp`, class TFTPClient). */
export type FetchPort = HTTPPort;

/** Makes the clients of one run; without one for a scheme its URLs are refused. */
export interface FetchPorts {
	/** http and https. */
	http(): FetchPort;
	tftp?(): FetchPort;
}

/** Of the original, and not built. */
const unbuilt: readonly string[] = Object.freeze(["ftp", "ftps", "nfs"]);

/** @returns the scheme in lower case, empty when there is none */
export function schemeOf(url: string): string {
	return /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1].toLowerCase() ?? "";
}

export class SchemeClients implements FetchPort {
	readonly #ports: FetchPorts;
	#http: FetchPort | undefined;
	#tftp: FetchPort | undefined;

	constructor(ports: FetchPorts) {
		this.#ports = ports;
	}

	/** @throws UpdateError UPDATE_SCHEME, the client's error for a URL that it does not take */
	get(options: HTTPGetOptions): HTTPRequestPort {
		return this.client(schemeOf(options.url)).get(options);
	}

	close(): void {
		this.#http?.close();
		this.#tftp?.close();
	}

	private client(scheme: string): FetchPort {
		if (scheme === "tftp" && this.#ports.tftp !== undefined) return (this.#tftp ??= this.#ports.tftp());
		if (scheme === "tftp" || unbuilt.includes(scheme)) throw new UpdateError("UPDATE_SCHEME", unbuiltText(scheme));
		return (this.#http ??= this.#ports.http());
	}
}

/** Not even asked for; the other files of the run go on. */
function passOver(result: "failed" | "refused", code: string, reason: string): FileOutcome {
	return { result, code, reason, reached: false };
}

function unbuiltText(scheme: string): string {
	return `${scheme} is not built into this gateway: https, http or tftp is wanted`;
}

/**
 * Anybody in the network can answer in the place of a TFTP server, so secure start-up switches it off, and firmware has to be signed.
 * @returns why the file may not even be asked for; `undefined` when it may
 */
export function judgeScheme(settings: SettingsReader, { file, url }: PlanEntry): FileOutcome | undefined {
	const scheme = schemeOf(url);
	if (unbuilt.includes(scheme)) return passOver("failed", "UPDATE_SCHEME", unbuiltText(scheme));
	if (scheme !== "tftp") return undefined;
	if (settings.text("EnableSecureStartup") === "1")
		return passOver("refused", "UPDATE_SECURE_START", "TFTP is off with EnableSecureStartup = 1");
	if (file !== "cmp" || settings.text("AUPDVerifySignature") !== "0") return undefined;
	const reason = "firmware comes by tftp only where signatures are verified (AUPDVerifySignature = 1)";
	return passOver("refused", "UPDATE_TFTP_UNSIGNED", reason);
}
