// SPDX-License-Identifier: Apache-2.0
//
// In the place of gateway/tftp.ts, in firmware without modules/tftp: its URLs are refused, the other files of a run go on.

import { UpdateError } from "upgate/update/error";
import type { FetchPort } from "upgate/update/fetch";

/** @throws UpdateError UPDATE_SCHEME */
export function makeTFTP(): FetchPort {
	throw new UpdateError("UPDATE_SCHEME", "tftp is not in this firmware: https or http is wanted");
}
