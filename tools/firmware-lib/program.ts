// SPDX-License-Identifier: Apache-2.0
//
// Turns the built gateway program into the payload of an image: writes the description into its section .rodata_desc,
// so that the running program knows its version, and strips it. Needs GNU objcopy. Leaves the built file untouched.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FirmwareError } from "./error.js";

const SECTION = ".rodata_desc";

/** @throws FirmwareError FIRMWARE_PROGRAM when the file cannot be read or is no ELF program */
export function readProgram(path: string): { bytes: Buffer; sha256: Uint8Array } {
	let bytes: Buffer;
	try {
		bytes = readFileSync(path);
	} catch (cause) {
		throw new FirmwareError("FIRMWARE_PROGRAM", `${path}: cannot be read`, { cause });
	}
	if (bytes.length < 64 || bytes.readUInt32BE(0) !== 0x7f454c46) {
		throw new FirmwareError("FIRMWARE_PROGRAM", `${path}: not an ELF program`);
	}
	return { bytes, sha256: new Uint8Array(createHash("sha256").update(bytes).digest()) };
}

/** The error stream of a failed tool, in one line. */
function toolMessage(error: unknown): string {
	const stderr = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
	return stderr.trim().split("\n").join("; ") || String(error);
}

/**
 * @param path ELF file with a section .rodata_desc of 256 bytes
 * @param description what that section shall hold
 * @param prefix of the tools' names, for a program of another machine
 * @returns the stripped program
 * @throws FirmwareError FIRMWARE_TOOL when there is no objcopy or no such section
 */
export function patchProgram(path: string, description: Uint8Array, prefix = ""): Buffer {
	const folder = mkdtempSync(join(tmpdir(), "firmware-"));
	try {
		const section = join(folder, "description");
		const output = join(folder, "program");
		writeFileSync(section, description);
		const options = [`--update-section`, `${SECTION}=${section}`, "--strip-all", path, output];
		execFileSync(`${prefix}objcopy`, options, { stdio: ["ignore", "ignore", "pipe"] });
		const program = readFileSync(output);
		if (!program.includes(Buffer.from(description))) {
			throw new FirmwareError("FIRMWARE_TOOL", `${path}: section ${SECTION} was not filled in`);
		}
		return program;
	} catch (error) {
		if (error instanceof FirmwareError) throw error;
		throw new FirmwareError("FIRMWARE_TOOL", `objcopy: ${toolMessage(error)}`, { cause: error });
	} finally {
		rmSync(folder, { recursive: true });
	}
}
