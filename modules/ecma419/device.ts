// SPDX-License-Identifier: Apache-2.0
//
// Everything a host hands to `main`: the one place where IO classes, flash, timer and board meet.
// Shape of the Moddable SDK's `device` global (`device.io`), as an argument instead of a global.

import type { Board } from "./board.js";
import type { FlashStorage } from "./flash.js";
import type { ListenerConstructor } from "./listener.js";
import type { NetworkPorts } from "./network-interface.js";
import type { ResolverConstructor } from "./resolver.js";
import type { SerialConstructor } from "./serial.js";
import type { TCPConstructor } from "./tcp.js";
import type { TimerService } from "./timer.js";
import type { UDPConstructor } from "./udp.js";

export interface Device {
	io: {
		TCP: TCPConstructor;
		UDP: UDPConstructor;
		Listener: ListenerConstructor;
		Serial: SerialConstructor;
		Resolver: ResolverConstructor;
	};
	storage: FlashStorage;
	timer: TimerService;
	board: Board;
	/** Where the host keeps the network up: our own IPv4 address, `undefined` while there is none. */
	localAddress?: () => string | undefined;
	/** Where the program itself brings the network up. */
	network?: NetworkPorts;
}
