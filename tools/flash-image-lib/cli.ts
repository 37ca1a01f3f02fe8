// SPDX-License-Identifier: Apache-2.0
//
// Command line of tools/flash-image. Exit status: 0 done, 1 refused or damaged (one line on stderr), 2 wrong arguments.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createFlash } from "./create.js";
import { FlashImageError } from "./error.js";
import { showFlash } from "./show.js";
import { drawFlash } from "./svg.js";

const USAGE = `usage: tools/flash-image create -o FILE [options]
       tools/flash-image show [--svg PICTURE] FILE

create: makes the flash file of a new gateway; an existing file is refused
  -o, --output FILE      file to write
  --partitions TABLE     4mb (default), 8mb, 16mb, or an ESP-IDF partition CSV file
  --size SIZE            of the flash, as in 4M (default: what the partitions need)
  --image LABEL=FILE     contents of a partition, as in ota_0=gateway.cmp; again for more
  --record NAME=FILE     a record of the store partition, as in factory.ini=board.ini; again for more
show: partitions, programs and their states, records, wear; the gateway may be running
  --svg PICTURE          write it as a picture too; an existing one is replaced
`;

function usage(message: string): FlashImageError {
	return new FlashImageError("FLASH_IMAGE_USAGE", message);
}

function read(path: string): Buffer {
	try {
		return readFileSync(path);
	} catch (cause) {
		throw new FlashImageError("FLASH_IMAGE_INPUT", `${path}: cannot be read`, { cause });
	}
}

/** @param flag `wx` refuses a file that is there */
function write(path: string, content: Uint8Array | string, flag: "w" | "wx"): void {
	try {
		writeFileSync(path, content, { flag });
	} catch (cause) {
		const exists = flag === "wx" && existsSync(path);
		throw new FlashImageError("FLASH_IMAGE_OUTPUT", `${path}: ${exists ? "exists" : "cannot be written"}`, { cause });
	}
}

function readTable(name: string): string {
	const own = fileURLToPath(new URL(`../../hosts/partitions/${name}.csv`, import.meta.url));
	return read(/^[0-9a-z]+$/.test(name) && existsSync(own) ? own : name).toString("utf8");
}

function readSize(text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	const match = /^([0-9]{1,8})([kKmM]?)$/.exec(text);
	if (match === null) throw usage(`--size wants a number with K or M, not "${text}"`);
	return Number(match[1]) * ({ "": 1, k: 1024, m: 1024 * 1024 }[match[2].toLowerCase()] ?? 1);
}

function readNamed(values: readonly string[] | undefined, option: string): Record<string, Buffer> {
	const files: Record<string, Buffer> = {};
	for (const value of values ?? []) {
		const equals = value.indexOf("=");
		if (equals < 1 || equals === value.length - 1) throw usage(`${option} wants a name and a file, not "${value}"`);
		files[value.slice(0, equals)] = read(value.slice(equals + 1));
	}
	return files;
}

function create(args: string[]): void {
	const { values } = parseArgs({
		args,
		options: {
			output: { type: "string", short: "o" },
			partitions: { type: "string", default: "4mb" },
			size: { type: "string" },
			image: { type: "string", multiple: true },
			record: { type: "string", multiple: true },
		},
	});
	if (values.output === undefined) throw usage("-o FILE is missing");
	const flash = createFlash({
		csv: readTable(values.partitions),
		size: readSize(values.size),
		images: readNamed(values.image, "--image"),
		records: readNamed(values.record, "--record"),
	});
	write(values.output, flash, "wx");
}

function show(args: string[]): void {
	const { values, positionals } = parseArgs({ args, options: { svg: { type: "string" } }, allowPositionals: true });
	if (positionals.length !== 1) throw usage("show wants one FILE");
	const bytes = read(positionals[0]);
	process.stdout.write(`${showFlash(bytes).join("\n")}\n`);
	if (values.svg !== undefined) write(values.svg, drawFlash(bytes), "w");
}

function run(args: string[]): void {
	const [command, ...rest] = args;
	if (command === "create") return create(rest);
	if (command === "show") return show(rest);
	if (command === "--help" || command === "-h") {
		process.stdout.write(USAGE);
		return;
	}
	throw usage(command === undefined ? "a command is missing" : `no command "${command}"`);
}

/** parseArgs throws TypeErrors with a code of its own; they say what was wrong with the arguments. */
function isUsage(error: unknown): error is Error {
	if (error instanceof FlashImageError) return error.code === "FLASH_IMAGE_USAGE";
	return error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}

function report(error: unknown): number {
	if (isUsage(error)) {
		process.stderr.write(`flash-image: ${error.message}\n\n${USAGE}`);
		return 2;
	}
	const code = error instanceof FlashImageError ? `${error.code}: ` : "";
	process.stderr.write(`flash-image: ${code}${error instanceof Error ? error.message : String(error)}\n`);
	return 1;
}

try {
	run(process.argv.slice(2));
} catch (error) {
	process.exitCode = report(error);
}
