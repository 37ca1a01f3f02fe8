// SPDX-License-Identifier: Apache-2.0
//
// The SDK's socket classes in the types of modules/ecma419. Its typings say less than its classes do (`read(buffer)` of TCP
// returns a count, `onError` of TCP may bring an error, a listener can be closed), so each is named anew here, in one place.

import SDKListener from "embedded:io/socket/listener";
import SDKTCP from "embedded:io/socket/tcp";
import SDKUDP from "embedded:io/socket/udp";
import type { ListenerConstructor } from "../../modules/ecma419/listener.js";
import type { TCPConstructor } from "../../modules/ecma419/tcp.js";
import type { UDPConstructor } from "../../modules/ecma419/udp.js";

export const TCP = SDKTCP as unknown as TCPConstructor;
export const UDP = SDKUDP as unknown as UDPConstructor;
export const Listener = SDKListener as unknown as ListenerConstructor;
