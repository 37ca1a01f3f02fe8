// SPDX-License-Identifier: Apache-2.0
//
// Which roots verified the servers that were reached last, so that none of them is removed unawares. In memory: after a restart a
// server counts again with its first verified connection.

import { toHex } from "../bytes/hex.js";

/** Servers that are remembered. */
const mostServers = 4;

export class RootsInUse {
	readonly #roots = new Map<string, string>();

	/** @param root SHA-256 of the root; `undefined`, as when a session was taken up, leaves what is known of the server */
	note({ host, port }: { host: string; port: number }, root: ArrayBuffer | undefined): void {
		if (root === undefined) return;
		const server = `${host}:${port}`;
		// Last in the map is last reached.
		this.#roots.delete(server);
		this.#roots.set(server, toHex(new Uint8Array(root)));
		for (const oldest of this.#roots.keys()) {
			if (this.#roots.size <= mostServers) break;
			this.#roots.delete(oldest);
		}
	}

	/** @param fingerprint SHA-256 in lower-case hexadecimal digits */
	has(fingerprint: string): boolean {
		for (const root of this.#roots.values()) if (root === fingerprint) return true;
		return false;
	}
}
