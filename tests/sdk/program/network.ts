// SPDX-License-Identifier: Apache-2.0
//
// `$NETWORK`: names of the outside world lead to the peers that the runner has on loopback (tools/sdk-tests/peers.ts).

import Board from "upgate/linux/board";
import { skip } from "./report.js";

const invalidDomain = "name.invalid";

/** Never settles when there is no peer: the program has ended then. */
function resolveName(name: string): Promise<string> {
	return new Promise((resolve, reject) => {
		const address = new Board().option("peer");
		if (name === invalidDomain) reject(new Error(`no address for ${name}`));
		else if (address === undefined) skip(`no peer to stand for ${name}`);
		else resolve(address);
	});
}

export const network = Object.freeze({
	connected: Promise.resolve(),
	resolve: resolveName,
	invalidDomain,
});
