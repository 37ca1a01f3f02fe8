// SPDX-License-Identifier: Apache-2.0
//
// What a gateway on Linux is made of: the only place that names the host's classes.

import Resolver from "embedded:network/dns/resolver/udp";
import Listener from "embedded:io/socket/listener";
import TCP from "embedded:io/socket/tcp";
import UDP from "embedded:io/socket/udp";
import Serial from "embedded:io/serial";
import storage from "embedded:storage/flash";
import Timer from "timer";
import type { Device } from "../../modules/ecma419/device.js";
import Board from "upgate/linux/board";
import localAddress from "upgate/linux/local-address";

/** Makes the device; called once, by boot.ts. */
export default function makeDevice(): Device {
	return {
		io: { TCP, UDP, Listener, Serial, Resolver },
		storage,
		timer: Timer,
		board: new Board(),
		localAddress,
	};
}
