// SPDX-License-Identifier: Apache-2.0
//
// The serial line of a gateway with the soak at the other end, on the event loop. Keeps the end of what was printed.

import type { Serial, SerialConstructor, SerialOptions } from "upgate/ecma419/serial";
import { decodeLatin1, encodeLatin1 } from "upgate/bytes/text";
import type { TimerService } from "upgate/ecma419/timer";

const roomBytes = 1024;
const keptCharacters = 4096;

export class SerialLine {
	readonly Serial: SerialConstructor;
	/** The end of what was printed. */
	printed = "";
	readonly #timer: TimerService;
	#options: SerialOptions | undefined;
	#port: Serial | undefined;
	#input = new Uint8Array(0);
	#told = false;

	/** @param timer of the gateway, so that a reset ends what is on its way */
	constructor(timer: TimerService) {
		this.#timer = timer;
		// eslint-disable-next-line @typescript-eslint/no-this-alias
		const line = this;
		this.Serial = class {
			format = "buffer" as const;
			readonly target: unknown;
			constructor(options: SerialOptions) {
				this.target = options.target;
				line.#options = options;
				line.#port = this as unknown as Serial;
				line.#room();
			}
			read(wanted?: number | Uint8Array): ArrayBuffer | number | undefined {
				return line.#read(wanted);
			}
			write(value: Uint8Array | ArrayBuffer): void {
				line.#write(value instanceof Uint8Array ? value : new Uint8Array(value));
			}
			close(): void {
				line.#port = line.#options = undefined;
			}
		} as unknown as SerialConstructor;
	}

	/** The operator types. */
	type(text: string): void {
		const more = encodeLatin1(text);
		const all = new Uint8Array(this.#input.length + more.length);
		all.set(this.#input);
		all.set(more, this.#input.length);
		this.#input = all;
		this.#timer.set(() => this.#options?.onReadable?.call(this.#port as Serial, this.#input.length));
	}

	#room(): void {
		if (this.#told) return;
		this.#told = true;
		this.#timer.set(() => {
			this.#told = false;
			this.#options?.onWritable?.call(this.#port as Serial, roomBytes);
		});
	}

	#write(bytes: Uint8Array): void {
		const printed = this.printed + decodeLatin1(bytes);
		this.printed = printed.length > keptCharacters ? printed.slice(-keptCharacters) : printed;
		this.#room();
	}

	#read(wanted: number | Uint8Array | undefined): ArrayBuffer | number | undefined {
		if (this.#input.length === 0) return undefined;
		const count = typeof wanted === "number" ? wanted : (wanted?.length ?? this.#input.length);
		const piece = this.#input.slice(0, count);
		this.#input = this.#input.slice(count);
		if (!(wanted instanceof Uint8Array)) return piece.buffer;
		wanted.set(piece);
		return piece.length;
	}
}
