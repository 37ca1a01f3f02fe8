// SPDX-License-Identifier: Apache-2.0
//
// Command line of tools/firmware. Exit status: 0 done, 1 refused or damaged (one line on stderr), 2 wrong arguments.

import { parseArgs } from "node:util";
import { ImageError } from "../../modules/image/error.js";
import { chipName } from "../../modules/image/chips.js";
import { FlashError } from "../flash-lib/error.js";
import { readRecords } from "../flash-lib/files.js";
import { buildFirmware, writeFirmware, type FirmwareOptions } from "./build.js";
import { DAMAGES } from "./damage.js";
import { FirmwareError } from "./error.js";
import { buildFactory } from "./factory.js";
import { describeImage } from "./info.js";
import { readImageFile } from "./sdk-app.js";
import { signCommands } from "./sign-commands.js";

const USAGE = `usage: tools/firmware build --version V -o FILE.cmp [options]
       tools/firmware factory FOLDER -o FILE.bin [options]
       tools/firmware info FILE.cmp
       tools/firmware key -o FILE [--type ecdsa|rsa]
       tools/firmware digest KEY.pem
       tools/firmware sign IMAGE --key PEM... -o FILE.cmp [--append] [options]
       tools/firmware verify FILE.cmp --key PEM... [--revoked PEM...]
       tools/firmware damage FILE.cmp --what KIND -o FILE.cmp

build: packs the Linux gateway's program into an application image
  --version V         version the image carries, up to 31 characters
  -o, --output FILE   file to write
  --model NAME        model it is for (default upgate)
  --secure-version N  number that may only grow (default 0)
  --key PEM           sign with this private key, ECDSA P-256 or RSA-3072; up to three times
  --elf FILE          program to pack (default: the gateway is built)
info: shows an image and verifies checksum, hash and signatures by the keys beside them
key: makes a private key (ECDSA P-256, or RSA-3072) and FILE.pub with its public half
digest: prints the digest by which the keys of a file are trusted, as espsecure's digest-sbv2-public-key does
sign: signs an image, also one of the SDK's build; signatures that it had go, or stay with --append; three at most
  --key PEM           private key; up to three times
  --model, --version, --secure-version
                      what the image must say of itself, or it is refused
verify: judges as a gateway would that trusts these keys
damage: changes one thing and leaves the rest right
  ${DAMAGES}
factory: makes one image of a board's whole flash from bootloader.bin, partition-table.bin, an app (.cmp or .bin), and
         where there are such ota_data_initial.bin and store.bin
  --app NAME          which file of the folder is the app
  --factory FOLDER    what the store gets: what the folder has of factory.ini, roots.pem, device.crt, device.key, signing.pem
  --record NAME=FILE  record of the store, as in factory.ini=board.ini; again for more
  --size SIZE         of the flash, as in 4M (default: what the partitions need)
`;

/** Where the command's text goes. */
export interface Output {
	out(text: string): void;
	error(text: string): void;
}

const MAX_SECURE_VERSION = 0xffffffff;

function usage(message: string): FirmwareError {
	return new FirmwareError("FIRMWARE_USAGE", message);
}

function wholeNumber(text: string | undefined, name: string): number | undefined {
	if (text === undefined) return undefined;
	if (!/^[0-9]{1,10}$/.test(text) || Number(text) > MAX_SECURE_VERSION) {
		throw usage(`${name} wants a number from 0 to ${MAX_SECURE_VERSION}, not "${text}"`);
	}
	return Number(text);
}

function keyFiles(keys: string[] | undefined): string[] {
	if ((keys ?? []).length > 3) throw usage("at most three --key fit in an image");
	return keys ?? [];
}

function onePath(positionals: string[], command: string, what: string): string {
	if (positionals.length !== 1) throw usage(`${command} wants one ${what}`);
	return positionals[0];
}

function output(path: string | undefined): string {
	if (path === undefined) throw usage("-o FILE is missing");
	return path;
}

function buildOptions(args: string[]): FirmwareOptions & { output: string } {
	const { values } = parseArgs({
		args,
		options: {
			version: { type: "string" },
			output: { type: "string", short: "o" },
			model: { type: "string" },
			"secure-version": { type: "string" },
			key: { type: "string", multiple: true },
			elf: { type: "string" },
		},
	});
	if (values.version === undefined) throw usage("--version is missing");
	return {
		version: values.version,
		output: output(values.output),
		model: values.model,
		secureVersion: wholeNumber(values["secure-version"], "--secure-version"),
		keys: keyFiles(values.key),
		elf: values.elf,
	};
}

function signatures(count: number): string {
	return count === 0 ? "unsigned" : `${count} signature(s)`;
}

async function build(args: string[], { out }: Output): Promise<void> {
	const options = buildOptions(args);
	const image = await buildFirmware(options);
	writeFirmware(options.output, image);
	const signed = signatures(options.keys?.length ?? 0);
	out(`${options.output}: version ${options.version}, ${image.length} bytes, ${signed}\n`);
}

function flashSize(text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	const match = /^([0-9]{1,3})[mM]$/.exec(text);
	if (match === null) throw usage(`--size wants megabytes, as in 4M, not "${text}"`);
	return Number(match[1]) * 1024 * 1024;
}

function factory(args: string[], { out }: Output): void {
	const { values, positionals } = parseArgs({
		args,
		allowPositionals: true,
		options: {
			output: { type: "string", short: "o" },
			app: { type: "string" },
			factory: { type: "string" },
			record: { type: "string", multiple: true },
			size: { type: "string" },
		},
	});
	const folder = onePath(positionals, "factory", "FOLDER");
	const path = output(values.output);
	const size = flashSize(values.size);
	const records = readRecords(values.record, values.factory);
	const { image, set } = buildFactory(folder, { app: values.app, records, size });
	writeFirmware(path, image);
	const { model, version } = set.description;
	out(`${path}: ${model} ${version} for ${chipName(set.chip)}, ${image.length / 1024} KB\n`);
	for (const part of set.parts) {
		out(`  0x${part.offset.toString(16).padStart(6, "0")} ${part.name}, ${part.data.length} bytes\n`);
	}
}

function info(args: string[], { out }: Output): void {
	const { positionals } = parseArgs({ args, options: {}, allowPositionals: true });
	const image = readImageFile(onePath(positionals, "info", "FILE"));
	out(`${describeImage(image).join("\n")}\n`);
}

async function run(args: string[], output: Output): Promise<void> {
	const [command, ...rest] = args;
	if (command === "build") return build(rest, output);
	if (command === "factory") return factory(rest, output);
	if (command === "info") return info(rest, output);
	if (command !== undefined && Object.hasOwn(signCommands, command)) return output.out(signCommands[command](rest));
	if (command === "--help" || command === "-h") {
		output.out(USAGE);
		return;
	}
	throw usage(command === undefined ? "a command is missing" : `no command "${command}"`);
}

/** parseArgs throws TypeErrors with a code of its own; they say what was wrong with the arguments. */
function isUsage(error: unknown): error is Error {
	if (error instanceof FirmwareError) return error.code === "FIRMWARE_USAGE";
	if (error instanceof FlashError) return error.code === "FLASH_USAGE";
	return error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}

function report(error: unknown, output: Output): number {
	if (isUsage(error)) {
		output.error(`firmware: ${error.message}\n\n${USAGE}`);
		return 2;
	}
	if (error instanceof ImageError) output.error(`firmware: ${error.code} at ${error.offset}: ${error.message}\n`);
	else if (error instanceof FirmwareError || error instanceof FlashError)
		output.error(`firmware: ${error.code}: ${error.message}\n`);
	else output.error(`firmware: ${error instanceof Error ? error.message : String(error)}\n`);
	return 1;
}

/**
 * Runs one command.
 * @param args without the program's name
 * @returns exit status
 */
export async function firmware(args: string[], output: Output): Promise<number> {
	try {
		await run(args, output);
		return 0;
	} catch (error) {
		return report(error, output);
	}
}
