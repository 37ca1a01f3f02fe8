// SPDX-License-Identifier: Apache-2.0
//
// The client of tftp URLs.

import { TFTPClient } from "upgate/tftp/client";
import type { FetchPort } from "upgate/update/fetch";
import type { FetchParts } from "./fetch.js";

/** One block is held as a whole. */
const mostBlockBytes = 8192;

export function makeTFTP({ device, settings, resolver }: FetchParts): FetchPort {
	const { io, timer, ticks } = device;
	const blockSize = (): number => Math.min(mostBlockBytes, Number(settings.text("AUPDTftpBlockSize")));
	return new TFTPClient({ io: io.UDP, resolver, timer, ticks, blockSize });
}
