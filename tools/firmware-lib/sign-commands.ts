// SPDX-License-Identifier: Apache-2.0
//
// The commands of tools/firmware around signatures: key, digest, sign, verify, damage.

import { parseArgs } from "node:util";
import { toHex } from "../../modules/bytes/hex.js";
import { chipName } from "../../modules/image/chips.js";
import { keyDigest } from "../../modules/image/public-key.js";
import { checkSignatures } from "../../modules/image/trust.js";
import { writeFirmware } from "./build.js";
import { damageImage } from "./damage.js";
import { FirmwareError } from "./error.js";
import { parseImage } from "./info.js";
import { makeKeyFiles, readPublicKeys } from "./keys.js";
import { readImageFile, signApp } from "./sdk-app.js";
import { signedPart, verifyBlock } from "./sign.js";

function usage(message: string): FirmwareError {
	return new FirmwareError("FIRMWARE_USAGE", message);
}

function only(positionals: readonly string[], command: string): string {
	if (positionals.length !== 1) throw usage(`${command} wants one FILE`);
	return positionals[0];
}

const output = { type: "string", short: "o" } as const;
const list = { type: "string", multiple: true } as const;

function key(args: string[]): string {
	const { values } = parseArgs({ args, options: { output, type: { type: "string", default: "ecdsa" } } });
	const { type } = values;
	if (values.output === undefined) throw usage("-o FILE is missing");
	if (type !== "ecdsa" && type !== "rsa") throw usage(`--type wants ecdsa or rsa, not "${type}"`);
	const files = makeKeyFiles(values.output, type);
	return `${files.private}: private key, ${files.public}: public key\n`;
}

function digest(args: string[]): string {
	const { positionals } = parseArgs({ args, options: {}, allowPositionals: true });
	const keys = readPublicKeys(only(positionals, "digest"));
	return keys.map((spki) => `${toHex(keyDigest(spki))}\n`).join("");
}

const signOptions = {
	output,
	key: list,
	append: { type: "boolean", default: false },
	model: { type: "string" },
	version: { type: "string" },
	"secure-version": { type: "string" },
} as const;

function wholeNumber(text: string | undefined, option: string): number | undefined {
	if (text === undefined) return undefined;
	if (!/^[0-9]{1,10}$/.test(text)) throw usage(`${option} wants a whole number, not "${text}"`);
	return Number(text);
}

function sign(args: string[]): string {
	const { values, positionals } = parseArgs({ args, options: signOptions, allowPositionals: true });
	const app = only(positionals, "sign");
	const { append, model, version } = values;
	if (values.output === undefined) throw usage("-o FILE is missing");
	if (values.key === undefined) throw usage("--key PEM is missing");
	const secureVersion = wholeNumber(values["secure-version"], "--secure-version");
	const { image, summary, count } = signApp({ app, keys: values.key, append, model, version, secureVersion });
	writeFirmware(values.output, image);
	const what = `${summary.description.model} ${summary.description.version} for ${chipName(summary.header.chip)}`;
	return `${values.output}: ${what}, ${image.length} bytes, ${count} signature(s)\n`;
}

function digests(paths: readonly string[] = []): Uint8Array[] {
	return paths.flatMap(readPublicKeys).map(keyDigest);
}

/** Judges as a gateway with these keys would. */
function verify(args: string[]): string {
	const options = { key: list, revoked: list } as const;
	const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
	const path = only(positionals, "verify");
	if (values.key === undefined) throw usage("--key PEM is missing");
	const image = readImageFile(path);
	const summary = parseImage(image);
	const covered = signedPart(image, summary.size);
	const trust = { trusted: digests(values.key), revoked: digests(values.revoked) };
	const found = checkSignatures(summary, trust, (block) => verifyBlock(block, covered));
	return `${path}: signed, ${found.kind}, key ${found.key}\n`;
}

function damage(args: string[]): string {
	const { values, positionals } = parseArgs({
		args,
		options: { output, what: { type: "string" } },
		allowPositionals: true,
	});
	const path = only(positionals, "damage");
	if (values.output === undefined) throw usage("-o FILE is missing");
	if (values.what === undefined) throw usage("--what is missing");
	writeFirmware(values.output, damageImage(readImageFile(path), values.what));
	return `${values.output}: damaged, ${values.what}\n`;
}

/** Each takes its arguments and gives the text to print. */
export const signCommands: Readonly<Record<string, (args: string[]) => string>> = { key, digest, sign, verify, damage };
