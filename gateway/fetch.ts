// SPDX-License-Identifier: Apache-2.0
//
// The clients that fetch files: https and http, and tftp where a URL asks for it.

import { HTTPSession, type HTTPSessionOptions } from "upgate/http/session";
import type { Settings } from "upgate/settings/settings";
import { TFTPClient } from "upgate/tftp/client";
import { type FetchPort, SchemeClients } from "upgate/update/fetch";
import type { Resolver } from "../modules/ecma419/resolver.js";
import type { Gear } from "./gear.js";

/** One block is held as a whole. */
const mostBlockBytes = 8192;

export interface FetchParts {
	device: Gear;
	settings: Settings;
	resolver: Resolver;
}

/** @returns the clients of one run */
export function makeFetch({ device, settings, resolver }: FetchParts, secure: HTTPSessionOptions["secure"]): FetchPort {
	const { io, timer, ticks, random } = device;
	const blockSize = (): number => Math.min(mostBlockBytes, Number(settings.text("AUPDTftpBlockSize")));
	return new SchemeClients({
		http: () => new HTTPSession({ io: io.TCP, secure, resolver, timer, ticks, random }),
		tftp: () => new TFTPClient({ io: io.UDP, resolver, timer, ticks, blockSize }),
	});
}
