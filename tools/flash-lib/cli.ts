// SPDX-License-Identifier: Apache-2.0
//
// Command line of tools/flash. Exit status: 0 done, 1 refused or failed (one line on stderr), 2 wrong arguments.

import { chipName } from "../../modules/image/chips.js";
import { Board, checkFlash, type Progress } from "./board.js";
import { runConsole, type ConsoleOptions } from "./console.js";
import { FlashError } from "./error.js";
import { readImages } from "./files.js";
import type { ImageSet, Part } from "./image-set.js";
import { USAGE, readOptions, type Options } from "./options.js";
import { choosePort, describePort, listPorts, type PortInfo } from "./ports.js";
import { buildForBoard } from "./sdk.js";
import { WebSerial, type MakeLine } from "./serial.js";

/** The world around the command; tests bring their own. */
export interface Surroundings {
	input: ConsoleOptions["input"];
	output: ConsoleOptions["output"] & { isTTY?: boolean };
	out(text: string): void;
	error(text: string): void;
	listPorts?(): Promise<PortInfo[]>;
	makeLine?: MakeLine;
}

function place(part: Part): string {
	return `${part.name.padEnd(16)} 0x${part.offset.toString(16).padStart(6, "0")} ${String(part.data.length).padStart(8)} bytes`;
}

/** On a terminal a line that counts up; elsewhere only its end. */
function progressLine(around: Surroundings): Progress {
	if (around.output.isTTY !== true) return () => undefined;
	return (part, done, total) => around.out(`\r${place(part)}  ${Math.floor((100 * done) / total)} %`);
}

async function writeAll(board: Board, images: ImageSet, options: Options, around: Surroundings): Promise<void> {
	if (options.erase || images.whole) {
		around.out("erasing the whole flash\n");
		await board.erase();
	}
	const start = around.output.isTTY === true ? "\r" : "";
	for (const part of images.parts) {
		await board.write(part, progressLine(around));
		around.out(`${start}${place(part)}  written, MD5 right\n`);
	}
}

function checkWanted(images: ImageSet, options: Options): void {
	if (options.chip === undefined || options.chip === images.chip) return;
	throw new FlashError("FLASH_CHIP", `the image is for ${chipName(images.chip)}, not for ${chipName(options.chip)}`);
}

async function connect(
	port: WebSerial,
	chip: number | undefined,
	options: Options,
	around: Surroundings,
): Promise<Board> {
	around.out(`connecting to ${port.path}\n`);
	return Board.connect(port, {
		baudRate: options.baud,
		chip,
		expectedBy: options.identify ? "wanted is" : "the image is for",
		log: options.verbose ? (text) => around.error(`${text}\n`) : undefined,
	});
}

/** @returns size of the flash, bytes */
async function tellBoard(board: Board, around: Surroundings): Promise<number> {
	const size = await board.flashSize();
	around.out(`${board.chipName}, MAC ${await board.mac()}, ${size / 1024} KB of flash, ${board.baudRate} baud\n`);
	return size;
}

async function identify(options: Options, around: Surroundings): Promise<void> {
	const port = new WebSerial(await choosePort(options.port, around.listPorts), around.makeLine);
	const board = await connect(port, options.chip, options, around);
	try {
		await tellBoard(board, around);
		around.out(`in URLs and certificates: ${(await board.mac()).replaceAll(":", "").toUpperCase()}\n`);
		await board.restart(options.consoleBaud);
	} finally {
		await port.close();
	}
}

async function flashBoard(port: WebSerial, images: ImageSet, options: Options, around: Surroundings): Promise<void> {
	const board = await connect(port, images.chip, options, around);
	try {
		checkFlash(images, await tellBoard(board, around));
		await writeAll(board, images, options, around);
		const monitor = options.monitor ?? around.output.isTTY === true;
		const { input, output } = around;
		const note = (text: string): void => around.error(`-- ${text} --\n`);
		const done = monitor ? runConsole({ port, baudRate: options.consoleBaud, input, output, note }) : Promise.resolve();
		await board.restart(options.consoleBaud);
		if (port.withoutSignals) note("this port cannot reset the board: press EN (RST)");
		await done;
	} catch (error) {
		// What the board has may still run; the error is what counts.
		await board.restart(options.consoleBaud).catch(() => undefined);
		throw error;
	} finally {
		await port.close();
	}
}

function buildOnly({ board, version }: Options, around: Surroundings): void {
	const folder = buildForBoard(board, version);
	const { description, chip } = readImages(folder);
	around.out(`${description.model} ${description.version} for ${chipName(chip)}: ${folder}\n`);
}

async function flashAll(options: Options, around: Surroundings): Promise<void> {
	if (options.build) return buildOnly(options, around);
	// The port first: nobody waits for a build to learn that the board is not connected.
	const info = await choosePort(options.port, around.listPorts);
	const folder = options.image ?? buildForBoard(options.board, options.version);
	const images = readImages(folder, { app: options.app, records: options.records });
	checkWanted(images, options);
	const { model, version } = images.description;
	around.out(`${model} ${version} for ${chipName(images.chip)}, from ${folder}\n`);
	await flashBoard(new WebSerial(info, around.makeLine), images, options, around);
}

async function run(args: string[], around: Surroundings): Promise<void> {
	const options = readOptions(args);
	if (options === "help") return around.out(USAGE);
	if (options !== "list" && options.identify) return identify(options, around);
	if (options !== "list") return flashAll(options, around);
	const ports = await listPorts(around.listPorts);
	around.out(ports.length === 0 ? "no serial ports\n" : ports.map((port) => `${describePort(port)}\n`).join(""));
}

/** parseArgs throws TypeErrors with a code of its own; they say what was wrong with the arguments. */
function isUsage(error: unknown): error is Error {
	if (error instanceof FlashError) return error.code === "FLASH_USAGE";
	return error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}

function report(error: unknown, around: Surroundings): number {
	if (isUsage(error)) {
		around.error(`flash: ${error.message}\n\n${USAGE}`);
		return 2;
	}
	const code = error instanceof FlashError ? `${error.code}: ` : "";
	around.error(`flash: ${code}${error instanceof Error ? error.message : String(error)}\n`);
	return 1;
}

/**
 * Runs the command.
 * @param args without the program's name
 * @returns exit status
 */
export async function flash(args: string[], around: Surroundings): Promise<number> {
	try {
		await run(args, around);
		return 0;
	} catch (error) {
		return report(error, around);
	}
}
