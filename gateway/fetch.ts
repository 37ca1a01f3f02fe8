// SPDX-License-Identifier: Apache-2.0
//
// The clients that fetch files: https and http, and tftp where a URL asks for it.

import { HTTPSession, type HTTPSessionOptions } from "upgate/http/session";
import type { Settings } from "upgate/settings/settings";
import { TFTPClient } from "upgate/tftp/client";
import { type FetchPort, type FetchPorts, SchemeClients } from "upgate/update/fetch";
import type { Resolver } from "../modules/ecma419/resolver.js";
import type { DebugPorts } from "./debug.js";
import type { Gear } from "./gear.js";

/** One block is held as a whole. */
const mostBlockBytes = 8192;

export interface FetchParts {
	device: Gear;
	settings: Settings;
	resolver: Resolver;
	debug: Pick<DebugPorts, "http">;
}

class Clients implements FetchPorts {
	readonly #parts: FetchParts;
	readonly #secure: HTTPSessionOptions["secure"];

	constructor(parts: FetchParts, secure: HTTPSessionOptions["secure"]) {
		this.#parts = parts;
		this.#secure = secure;
	}

	http(): FetchPort {
		const { device, resolver, debug } = this.#parts;
		const { io, timer, ticks, random } = device;
		return new HTTPSession({ io: io.TCP, secure: this.#secure, resolver, timer, ticks, random, debug: debug.http });
	}

	tftp(): FetchPort {
		const { device, settings, resolver } = this.#parts;
		const { io, timer, ticks } = device;
		const blockSize = (): number => Math.min(mostBlockBytes, Number(settings.text("AUPDTftpBlockSize")));
		return new TFTPClient({ io: io.UDP, resolver, timer, ticks, blockSize });
	}
}

/** @returns the clients of one run */
export function makeFetch(parts: FetchParts, secure: HTTPSessionOptions["secure"]): FetchPort {
	return new SchemeClients(new Clients(parts, secure));
}
