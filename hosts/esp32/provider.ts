// SPDX-License-Identifier: Apache-2.0
//
// What a gateway on an ESP32 is made of: the SDK's classes, and ours for what it lacks. Which network there is, is a matter of the
// board: manifest.json maps `upgate/esp32/network` to network/wifi.ts or network/ethernet.ts.

import storage from "embedded:storage/flash";
import Timer from "timer";
import Board from "upgate/esp32/board";
import Serial from "upgate/esp32/console-port";
import makeNetwork from "upgate/esp32/network";
import UDP from "upgate/esp32/udp";
import { Listener, TCP } from "upgate/moddable/io";
import Resolver from "upgate/moddable/resolver";
import type { Device } from "../../modules/ecma419/device.js";

/** Makes the device; called once, by boot.ts. */
export default function makeDevice(): Device {
	return {
		io: { TCP, UDP, Listener, Serial, Resolver },
		storage,
		timer: Timer,
		board: new Board(),
		network: makeNetwork(),
	};
}
