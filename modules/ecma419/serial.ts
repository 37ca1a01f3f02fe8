// SPDX-License-Identifier: Apache-2.0
//
// Serial port (ECMA-419 section "Serial"; Moddable SDK `embedded:io/serial`).

export interface SerialOptions {
	/** Pins are ignored by hosts that have one console port. */
	receive?: number;
	transmit?: number;
	port?: number;
	baud: number;
	format?: "number" | "buffer";
	/** Becomes the port's `target`: whose it is, so that callbacks need not be made anew for each. */
	target?: unknown;
	onReadable?: (this: Serial, bytes: number) => void;
	onWritable?: (this: Serial, bytes: number) => void;
}

export interface Serial {
	read(): ArrayBuffer | number | undefined;
	read(byteLength: number): ArrayBuffer | undefined;
	read(buffer: Uint8Array): number | undefined;
	/** Takes all of `value` or throws; never more than the last `onWritable` count. */
	write(value: Uint8Array | ArrayBuffer | number): void;
	close(): void;
	readonly target?: unknown;
	format: "number" | "buffer";
}

export type SerialConstructor = new (options: SerialOptions) => Serial;
