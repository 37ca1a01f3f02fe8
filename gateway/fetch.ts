// SPDX-License-Identifier: Apache-2.0
//
// The clients that fetch files: https and http, and tftp where a URL asks for it.

import { HTTPSession, type HTTPSessionOptions } from "upgate/http/session";
import type { Settings } from "upgate/settings/settings";
import { type FetchPort, type FetchPorts, SchemeClients } from "upgate/update/fetch";
import type { Resolver } from "../modules/ecma419/resolver.js";
import type { DebugPorts } from "./debug.js";
import type { Gear } from "./gear.js";
import { makeTFTP } from "./tftp.js";

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
		return makeTFTP(this.#parts);
	}
}

/** @returns the clients of one run */
export function makeFetch(parts: FetchParts, secure: HTTPSessionOptions["secure"]): FetchPort {
	return new SchemeClients(new Clients(parts, secure));
}
