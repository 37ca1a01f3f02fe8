// SPDX-License-Identifier: Apache-2.0
//
// `embedded:network/dns/resolver/udp` over the Moddable SDK's `net`, which asks the platform's own resolver (lwIP with the
// DNS servers of DHCP on ESP32, the system's on Linux). The SDK's resolver of this name wants its servers as options.

import Net from "net";
import type { ResolveOptions } from "../../modules/ecma419/resolver.js";

export default class Resolver {
	#closed = false;

	/** @param options.onResolved, options.onError one of them is called once, never from within this call, never after `close` */
	resolve({ host, onResolved, onError }: ResolveOptions): void {
		Net.resolve(host, (name, address) => {
			if (this.#closed) return;
			if (address === undefined) onError(name, new Error("no such host"));
			else onResolved(name, address);
		});
	}
	close(): void {
		this.#closed = true;
	}
}
