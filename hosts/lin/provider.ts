// SPDX-License-Identifier: Apache-2.0
//
// What a gateway in the SDK's Linux simulator is made of: the SDK's sockets and timers, and stand-ins for what it lacks.

import Timer from "timer";
import Board, { readFlashFile } from "upgate/lin/board";
import { RamFlashStorage } from "upgate/lin/flash";
import TraceSerial from "upgate/lin/serial";
import { Listener, TCP, UDP } from "upgate/moddable/io";
import Resolver from "upgate/moddable/resolver";
import type { Device } from "../../modules/ecma419/device.js";

/** Makes the device; called once, by boot.ts. */
export default function makeDevice(): Device {
	const board = new Board();
	const path = board.option("flash");
	return {
		io: { TCP, UDP, Listener, Serial: TraceSerial, Resolver },
		storage: new RamFlashStorage(path === undefined ? undefined : readFlashFile(path)),
		timer: Timer,
		board,
	};
}
