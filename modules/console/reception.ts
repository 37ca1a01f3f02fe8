// SPDX-License-Identifier: Apache-2.0
//
// A file on its way from the line to the command that wants it, by XMODEM: the line is the sender's from the first byte that is asked for
// until the sender knows what became of the file.

import type { TimerService } from "../ecma419/timer.js";
import { Transfer } from "../xmodem/transfer.js";
import type { IncomingFile } from "./commands.js";
import type { Display } from "./display.js";

export interface ReceptionOptions {
	file: IncomingFile;
	timer: TimerService;
	display: Display;
	/** Bytes may wait in the port. */
	wake: () => void;
}

export class Reception {
	readonly #file: IncomingFile;
	readonly #display: Display;
	readonly #transfer: Transfer;
	#started = false;

	constructor({ file, timer, display, wake }: ReceptionOptions) {
		this.#file = file;
		this.#display = display;
		this.#transfer = new Transfer({
			timer,
			wake,
			send: (bytes) => display.send(bytes),
			onStart: () => this.start(),
			multipleOf: file.multipleOf,
		});
	}

	/** The line is the sender's. */
	get started(): boolean {
		return this.#started;
	}

	/** @returns bytes taken */
	write(bytes: Uint8Array): number {
		return this.#transfer.write(bytes);
	}

	/** @returns the command's answer, when the line is free again; so with an error. @throws what the command throws */
	async run(): Promise<Iterable<string>> {
		try {
			const lines = await this.#file.receive(this.#transfer);
			await this.#transfer.finish();
			return lines;
		} catch (error) {
			await this.#transfer.cancel();
			throw error;
		} finally {
			this.#display.release();
		}
	}

	/** The line is gone: the command's `read` fails. */
	close(): void {
		this.#transfer.close();
	}

	private start(): void {
		this.#started = true;
		this.#display.write(this.#file.invitation);
		this.#display.hold();
	}
}
