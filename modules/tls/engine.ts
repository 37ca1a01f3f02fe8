// SPDX-License-Identifier: Apache-2.0
//
// What a socket's options mean for the engine below it: whose name is sent, and whose is to be proved.

import { addressBytes } from "./address.js";
import { TLSError } from "./errors.js";
import type { JudgedClock } from "./judge.js";
import type { TLSOptions } from "./options.js";
import { NativeEngine } from "./tls.js";

/** @throws TLSError TLS_OPTION; RangeError without memory */
export function makeEngine(options: TLSOptions, clock: JudgedClock): NativeEngine {
	const { context, host } = options;
	if (!context.server && context.verifies && !host) throw new TLSError("TLS_OPTION", "host is needed to verify");
	const address = host === undefined ? undefined : addressBytes(host);
	// An address is not sent as a name (RFC 6066 section 3), nor is the dot at the end of an absolute one.
	const name = address || host === undefined ? undefined : host.replace(/\.$/, "");
	const engine = new NativeEngine(context.native, name, address, clock.seconds, clock.judgesStart);
	if (options.session) engine.resume(options.session);
	return engine;
}
