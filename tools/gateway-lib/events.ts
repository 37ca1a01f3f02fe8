// SPDX-License-Identifier: Apache-2.0
//
// Follows a file of JSON lines as it grows.

import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";

export type GatewayEvent = { event: string } & Record<string, unknown>;

export class EventFollower {
	readonly #path: string;
	readonly #decoder = new StringDecoder("utf8");
	#offset: number;
	#rest = "";

	/** Starts at the present end of the file. */
	constructor(path: string) {
		this.#path = path;
		this.#offset = existsSync(path) ? statSync(path).size : 0;
	}

	/** Complete lines since the last call. */
	read(): GatewayEvent[] {
		if (!existsSync(this.#path)) return [];
		const file = openSync(this.#path, "r");
		const buffer = Buffer.alloc(64 * 1024);
		try {
			for (;;) {
				const count = readSync(file, buffer, 0, buffer.length, this.#offset);
				if (count === 0) break;
				this.#offset += count;
				this.#rest += this.#decoder.write(buffer.subarray(0, count));
			}
		} finally {
			closeSync(file);
		}
		const lines = this.#rest.split("\n");
		this.#rest = lines.pop() ?? "";
		return lines.map((line) => JSON.parse(line) as GatewayEvent);
	}
}
