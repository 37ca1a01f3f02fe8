// SPDX-License-Identifier: Apache-2.0
//
// The board's console on this terminal: keys to the board, its text here; Ctrl-] leaves. A port that goes (a board with
// USB of its own does at each reset) is waited for. Leaves out logging and translation of line ends: picocom has them.

import { setTimeout as delay } from "node:timers/promises";
import type { WebSerial } from "./serial.js";

/** Ctrl-], as telnet and ESP-IDF's monitor have it. */
const LEAVE = 0x1d;
const REOPEN_STEP_MS = 250;
const REOPEN_STEPS = 120;

export interface ConsoleOptions {
	port: WebSerial;
	baudRate: number;
	input: NodeJS.ReadableStream & { setRawMode?(raw: boolean): unknown; unref?(): unknown };
	output: { write(data: Uint8Array): unknown };
	/** A word to the user besides the board's text. */
	note(text: string): void;
}

/** Waits for a port that is gone; half a minute. @returns whether it came back */
async function reopen(port: WebSerial, baudRate: number, left: () => boolean): Promise<boolean> {
	for (let i = 0; i < REOPEN_STEPS && !left(); i++) {
		try {
			await port.open({ baudRate });
			return true;
		} catch {
			await delay(REOPEN_STEP_MS);
		}
	}
	return false;
}

/**
 * Runs until Ctrl-], until the end of the input, or until the port is gone for good. Closes the port.
 * @param options.port open
 */
export async function runConsole(options: ConsoleOptions): Promise<void> {
	const { port, baudRate, input, output, note } = options;
	let left = false;
	let leave: () => void = () => undefined;
	const leaving = new Promise<void>((resolve) => {
		leave = () => {
			left = true;
			resolve();
		};
	});
	const comeBack = async (): Promise<void> => {
		if (left) return;
		note(`${port.path} is gone, waiting for it`);
		if (await reopen(port, baudRate, () => left)) note(`${port.path} is back`);
		else leave();
	};
	port.takeOver(
		(data) => output.write(data),
		() => void comeBack(),
	);
	input.on("data", (data: Buffer) => {
		const end = data.indexOf(LEAVE);
		const keys = end < 0 ? data : data.subarray(0, end);
		if (keys.length > 0) port.write(keys).catch(() => undefined); // keys typed while the port is gone are lost
		if (end >= 0) leave();
	});
	input.on("end", () => leave());
	input.setRawMode?.(true);
	note(`console of ${port.path}, ${baudRate} baud; Ctrl-] leaves`);
	input.resume();
	await leaving;
	input.setRawMode?.(false);
	input.pause();
	await port.close();
}
