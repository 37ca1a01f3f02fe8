// SPDX-License-Identifier: Apache-2.0
//
// Parameters of the TFTP client.
// Names and defaults: AudioCodes Mediant 1000B User's Manual 7.2 (LTRT-27055), "Automatic Update Parameters". Limits ours: those of RFC 2348,
// and what a receive buffer here takes.

import { integer, type Parameter } from "./parameter.js";

// prettier-ignore
export const tftpParameters: readonly Parameter[] = Object.freeze([
	integer("AUPDTftpBlockSize", 512, [8, 8192, "bytes"], "block to ask a TFTP server for; above 1468 the network has to fragment"),
]);
