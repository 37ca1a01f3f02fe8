// SPDX-License-Identifier: Apache-2.0
//
// The network of boards without Ethernet: the SDK's Wi-Fi class.

import WiFi from "embedded:network/interface/wifi";
import { timeServers, wantTimeServers } from "upgate/esp32/time-servers";
import type { NetworkPorts, WiFiConstructor } from "../../../modules/ecma419/network-interface.js";

/** Called once, by the provider. */
export default function makeNetwork(): NetworkPorts {
	wantTimeServers();
	return { WiFi: WiFi as unknown as WiFiConstructor, timeServers };
}
