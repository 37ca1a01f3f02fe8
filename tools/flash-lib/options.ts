// SPDX-License-Identifier: Apache-2.0
//
// Arguments of tools/flash.

import { parseArgs } from "node:util";
import { ROM_BAUD, chipByName } from "./chips.js";
import { FlashError } from "./error.js";
import { readRecords } from "./files.js";

export const USAGE = `usage: tools/flash [--board NAME] [--port PORT] [options]
       tools/flash --image PATH [--port PORT] [options]
       tools/flash --list
       tools/flash --identify [--port PORT]

Builds the firmware with the Moddable SDK (MODDABLE and IDF_PATH are set), or takes ready images; writes them to the
board, compares each by MD5 with the board's flash, restarts it, and shows its console.

  --board NAME        board to build for, as mcconfig's -p (default esp32)
  --version V         version that the firmware is built with (default 0.0.0)
  --image PATH        folder with bootloader.bin, partition-table.bin, an app (.cmp or .bin), and where there are such
                      ota_data_initial.bin and store.bin; or a factory image of the whole flash
  --app NAME          which file of the folder is the app
  --factory FOLDER    a new store with what the folder has of factory.ini, roots.pem, device.crt, device.key, signing.pem
  --record NAME=FILE  record of a new store, as in factory.ini=board.ini; again for more
  --build             build only: say where the result is, and write no board
  --port PORT         serial port, as in /dev/ttyUSB0 (default: the only one)
  --list              lists serial ports
  --identify          tells chip, MAC address and size of flash, and writes nothing
  --chip NAME         refuse another chip, as in esp32c3 (default: the chip the images are for)
  --erase             erase the whole flash first, settings included
  --baud N            speed of the transfer (default 460800)
  --console-baud N    speed of the console (default 115200)
  --monitor           show the console afterwards (default on a terminal); --no-monitor: do not
  --verbose           show what esptool-js says
`;

const DEFAULT_BAUD = 460800;
const LEAST_BAUD = 9600;
const MOST_BAUD = 4_000_000;

export interface Options {
	board: string;
	/** Of what is built. */
	version?: string;
	/** Nothing but to build. */
	build: boolean;
	/** Nothing but to tell what the board is. */
	identify: boolean;
	image?: string;
	app?: string;
	records?: Record<string, Uint8Array>;
	port?: string;
	chip?: number;
	erase: boolean;
	baud: number;
	consoleBaud: number;
	/** Undefined: on a terminal. */
	monitor?: boolean;
	verbose: boolean;
}

function usage(message: string): FlashError {
	return new FlashError("FLASH_USAGE", message);
}

function baudRate(text: string | undefined, option: string, fallback: number): number {
	if (text === undefined) return fallback;
	const value = /^[0-9]{4,7}$/.test(text) ? Number(text) : 0;
	if (value < LEAST_BAUD || value > MOST_BAUD) {
		throw usage(`${option} wants a number from ${LEAST_BAUD} to ${MOST_BAUD}, not "${text}"`);
	}
	return value;
}

function version(text: string | undefined): string | undefined {
	if (text !== undefined && !/^[0-9A-Za-z.+-]{1,31}$/.test(text))
		throw usage(`--version wants 1 to 31 of digits, letters, ".", "+" and "-", not "${text}"`);
	return text;
}

const SPECIFICATION = {
	board: { type: "string" },
	build: { type: "boolean", default: false },
	version: { type: "string" },
	factory: { type: "string" },
	image: { type: "string" },
	app: { type: "string" },
	record: { type: "string", multiple: true },
	port: { type: "string" },
	list: { type: "boolean", default: false },
	identify: { type: "boolean", default: false },
	chip: { type: "string" },
	erase: { type: "boolean", default: false },
	baud: { type: "string" },
	"console-baud": { type: "string" },
	monitor: { type: "boolean" },
	"no-monitor": { type: "boolean" },
	verbose: { type: "boolean", default: false },
	help: { type: "boolean", short: "h", default: false },
} as const;

/** @returns `"help"`, `"list"`, or what to flash @throws FlashError FLASH_USAGE, FLASH_INPUT; TypeError of parseArgs */
export function readOptions(args: string[]): Options | "help" | "list" {
	const { values } = parseArgs({ args, options: SPECIFICATION });
	if (values.help) return "help";
	if (values.list) return "list";
	if (values.image !== undefined)
		for (const name of ["board", "version", "build"] as const)
			if (values[name] !== undefined && values[name] !== false)
				throw usage(`--${name} is for building, --image is not`);
	if (values.monitor && values["no-monitor"]) throw usage("--monitor and --no-monitor");
	const board = values.board ?? "esp32";
	if (!/^esp32([/:][\w./~-]+)?$/.test(board)) throw usage(`--board wants esp32 or esp32/..., not "${board}"`);
	return {
		board,
		version: version(values.version),
		build: values.build,
		identify: values.identify,
		image: values.image,
		app: values.app,
		records: readRecords(values.record, values.factory),
		port: values.port,
		chip: values.chip === undefined ? undefined : chipByName(values.chip),
		erase: values.erase,
		baud: baudRate(values.baud, "--baud", DEFAULT_BAUD),
		consoleBaud: baudRate(values["console-baud"], "--console-baud", ROM_BAUD),
		monitor: values["no-monitor"] ? false : values.monitor,
		verbose: values.verbose,
	};
}
