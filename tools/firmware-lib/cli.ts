// SPDX-License-Identifier: Apache-2.0
//
// Command line of tools/firmware. Exit status: 0 done, 1 refused or damaged (one line on stderr), 2 wrong arguments.

import { parseArgs } from "node:util";
import { ImageError } from "../../modules/image/error.js";
import { buildFirmware, writeFirmware, type FirmwareOptions } from "./build.js";
import { DAMAGES } from "./damage.js";
import { FirmwareError } from "./error.js";
import { describeImage } from "./info.js";
import { readImage, signCommands } from "./sign-commands.js";

const USAGE = `usage: tools/firmware build --version V -o FILE.cmp [options]
       tools/firmware info FILE.cmp
       tools/firmware key -o FILE [--type ecdsa|rsa]
       tools/firmware digest KEY.pem
       tools/firmware sign FILE.cmp --key PEM... -o FILE.cmp [--append]
       tools/firmware verify FILE.cmp --key PEM... [--revoked PEM...]
       tools/firmware damage FILE.cmp --what KIND -o FILE.cmp

build: packs the gateway program into an application image
  --version V         version the image carries, up to 31 characters
  -o, --output FILE   file to write
  --model NAME        model it is for (default upgate)
  --secure-version N  number that may only grow (default 0)
  --key PEM           sign with this private key, ECDSA P-256 or RSA-3072; up to three times
  --elf FILE          program to pack (default: the gateway is built)
info: shows an image and verifies checksum, hash and signatures by the keys beside them
key: makes a private key (ECDSA P-256, or RSA-3072) and FILE.pub with its public half
digest: prints the digest by which the keys of a file are trusted, as espsecure's digest-sbv2-public-key does
sign: signs anew, or with --append in addition; an image takes up to three signatures
verify: judges as a gateway would that trusts these keys
damage: changes one thing and leaves the rest right
  ${DAMAGES}
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
	if (values.output === undefined) throw usage("-o FILE is missing");
	if ((values.key ?? []).length > 3) throw usage("at most three --key fit in an image");
	return {
		version: values.version,
		output: values.output,
		model: values.model,
		secureVersion: wholeNumber(values["secure-version"], "--secure-version"),
		keys: values.key,
		elf: values.elf,
	};
}

async function build(args: string[], output: Output): Promise<void> {
	const options = buildOptions(args);
	const image = await buildFirmware(options);
	writeFirmware(options.output, image);
	const signed = options.keys === undefined ? "unsigned" : `${options.keys.length} signature(s)`;
	output.out(`${options.output}: version ${options.version}, ${image.length} bytes, ${signed}\n`);
}

function info(args: string[], output: Output): void {
	const { positionals } = parseArgs({ args, options: {}, allowPositionals: true });
	if (positionals.length !== 1) throw usage("info wants one FILE");
	output.out(`${describeImage(readImage(positionals[0])).join("\n")}\n`);
}

async function run(args: string[], output: Output): Promise<void> {
	const [command, ...rest] = args;
	if (command === "build") return build(rest, output);
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
	return error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
}

function report(error: unknown, output: Output): number {
	if (isUsage(error)) {
		output.error(`firmware: ${error.message}\n\n${USAGE}`);
		return 2;
	}
	if (error instanceof ImageError) output.error(`firmware: ${error.code} at ${error.offset}: ${error.message}\n`);
	else if (error instanceof FirmwareError) output.error(`firmware: ${error.code}: ${error.message}\n`);
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
