// SPDX-License-Identifier: Apache-2.0
//
// The network of boards with Ethernet: the SDK's class for the chip's own controller.

import Ethernet from "embedded:network/interface/ethernet";
import { timeServers, wantTimeServers } from "upgate/esp32/time-servers";
import type { EthernetConstructor, NetworkPorts } from "../../../modules/ecma419/network-interface.js";

/** Called once, by the provider. */
export default function makeNetwork(): NetworkPorts {
	wantTimeServers();
	return { Ethernet: Ethernet as unknown as EthernetConstructor, timeServers };
}
