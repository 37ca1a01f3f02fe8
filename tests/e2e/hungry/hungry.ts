// SPDX-License-Identifier: Apache-2.0
//
// The gateway with a fault for tests: its first connection uses up all memory (`--option fault=memory`) or all time (`fault=time`).

import main from "upgate/main";
import makeDevice from "upgate/provider";
import type { Device } from "../../../modules/ecma419/device.js";
import type { TCPConstructor } from "../../../modules/ecma419/tcp.js";

/* Both in the place of the class of connections. */

function Hang(): never {
	for (;;);
}

function Glutton(): never {
	const all: Uint8Array[] = [];
	for (;;) all.push(new Uint8Array(4096));
}

export default function hungry(): void {
	const device: Device = makeDevice();
	const fault = device.board.option("fault");
	if (fault !== undefined) device.io.TCP = (fault === "memory" ? Glutton : Hang) as unknown as TCPConstructor;
	main(device);
}
