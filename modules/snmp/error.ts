// SPDX-License-Identifier: Apache-2.0
//
// The error of this module. Codes are listed in README.md.

import { ParseError } from "../bytes/error.js";

/** Why a message or a parameter is refused; `offset` is the byte position in the message, 0 where there is none. */
export class SNMPError extends ParseError {
	override readonly name: string = "SNMPError";
}
