// SPDX-License-Identifier: Apache-2.0
//
// The gateway with a fault for tests: with `--option hungry=1` its first connection uses up all memory.

import main from "upgate/main";
import makeDevice from "upgate/provider";
import type { Device } from "../../../modules/ecma419/device.js";
import type { TCPConstructor } from "../../../modules/ecma419/tcp.js";

/** In the place of the class of connections. */
function Glutton(): never {
	const all: Uint8Array[] = [];
	for (;;) all.push(new Uint8Array(4096));
}

export default function hungry(): void {
	const device: Device = makeDevice();
	if (device.board.option("hungry") === "1") device.io.TCP = Glutton as unknown as TCPConstructor;
	main(device);
}
