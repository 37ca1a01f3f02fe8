// SPDX-License-Identifier: Apache-2.0
//
// The clients that fetch files: https and http, and tftp where a URL asks for it.

import type { DebugPort } from "upgate/debug/port";
import { HTTPSession, type HTTPSessionOptions } from "upgate/http/session";
import type { Settings } from "upgate/settings/settings";
import { TFTPClient } from "upgate/tftp/client";
import { type FetchPort, SchemeClients } from "upgate/update/fetch";
import type { Device } from "../modules/ecma419/device.js";
import type { Resolver } from "../modules/ecma419/resolver.js";

/** One block is held as a whole. */
const mostBlockBytes = 8192;

/** @returns what makes the clients of one run */
export function makeFetch(
	{ io, timer, board }: Device,
	settings: Settings,
	resolver: Resolver,
	secure: HTTPSessionOptions["secure"],
	debug: DebugPort,
): () => FetchPort {
	const ticks = (): number => board.clock.ticks();
	const random = (bytes: Uint8Array): void => board.random(bytes);
	const blockSize = (): number => Math.min(mostBlockBytes, Number(settings.text("AUPDTftpBlockSize")));
	return () =>
		new SchemeClients({
			http: () => new HTTPSession({ io: io.TCP, secure, resolver, timer, ticks, random, debug }),
			tftp: () => new TFTPClient({ io: io.UDP, resolver, timer, ticks, blockSize }),
		});
}
