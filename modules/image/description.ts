// SPDX-License-Identifier: Apache-2.0
//
// Application description (esp_app_desc_t, 256 bytes), the first thing in the first segment: parse and build.
// Leaves out judging version, model and secure version. Source: ESP-IDF, esp_app_desc.h.
//
//   0 magic 0xABCD5432   4 secure version   8 reserved (8)   16 version (32)   48 project name (32)   80 time (16)
//  96 date (16)   112 IDF version (32)   144 SHA-256 of the ELF (32)   176 minimal eFuse block revision (2)
// 178 maximal one (2)   180 log2 of the MMU page size   181 SPI flash mode   182 reserved (74)

import { ParseError } from "../bytes/error.js";
import { ByteReader } from "../bytes/reader.js";
import { encodeLatin1 } from "../bytes/text.js";
import { ByteWriter } from "../bytes/writer.js";
import { ImageError } from "./error.js";

export const DESCRIPTION_MAGIC = 0xabcd5432;
export const DESCRIPTION_LENGTH = 256;

export interface Description {
	/** 1 to 31 characters. */
	version: string;
	/** Project name: the model this firmware is for, 1 to 31 characters. */
	model: string;
	/** Only ever grows; a chip with anti-rollback refuses a smaller one. */
	secureVersion: number;
	/** Build date as the C compiler's __DATE__: `Nov 22 2025`. */
	date: string;
	/** Build time as the C compiler's __TIME__: `18:04:59`. */
	time: string;
	/** Version of ESP-IDF, or of what takes its place. */
	idfVersion: string;
	/** SHA-256 of the program before the description was filled in, 32 bytes. */
	elfSHA256: Uint8Array;
	/** eFuse block revisions, major * 100 + minor; 0 sets no limit. */
	minBlockRevision: number;
	maxBlockRevision: number;
	/** Log2 of the page size, 0 in images older than the field. */
	mmuPageSize: number;
	spiFlashMode: number;
}

const MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

/** Text up to the first NUL; printable ASCII only, so that it can go to consoles and headers as it is. */
function text(reader: ByteReader, length: number, name: string): string {
	const offset = reader.offset;
	const bytes = reader.bytes(length);
	const end = bytes.indexOf(0);
	if (end < 0) throw new ImageError("IMAGE_DESCRIPTION", offset, `${name} without final NUL`);
	let value = "";
	for (let i = 0; i < end; i++) {
		if (bytes[i] < 0x20 || bytes[i] > 0x7e) {
			throw new ImageError("IMAGE_DESCRIPTION", offset + i, `${name} is not printable ASCII`);
		}
		value += String.fromCharCode(bytes[i]);
	}
	return value;
}

function filled(value: string, offset: number, name: string): string {
	if (value === "") throw new ImageError("IMAGE_DESCRIPTION", offset, `${name} is empty`);
	return value;
}

/**
 * @param input at least 256 bytes
 * @param base position of `input` in the image, for the offset in errors (default 0)
 * @throws ImageError IMAGE_DESCRIPTION
 */
export function parseDescription(input: Uint8Array, base = 0): Description {
	if (input.length < DESCRIPTION_LENGTH) {
		throw new ImageError("IMAGE_DESCRIPTION", base + input.length, `${DESCRIPTION_LENGTH} bytes wanted`);
	}
	const reader = new ByteReader(input, base);
	if (reader.u32le() !== DESCRIPTION_MAGIC) {
		throw new ImageError("IMAGE_DESCRIPTION", base, "no application description in the first segment");
	}
	const secureVersion = reader.u32le();
	reader.skip(8);
	return {
		secureVersion,
		version: filled(text(reader, 32, "version"), base + 16, "version"),
		model: filled(text(reader, 32, "project name"), base + 48, "project name"),
		time: text(reader, 16, "time"),
		date: text(reader, 16, "date"),
		idfVersion: text(reader, 32, "IDF version"),
		elfSHA256: new Uint8Array(reader.bytes(32)),
		minBlockRevision: reader.u16le(),
		maxBlockRevision: reader.u16le(),
		mmuPageSize: reader.u8(),
		spiFlashMode: reader.u8(),
	};
}

function putText(writer: ByteWriter, value: string, length: number, name: string): void {
	let bytes: Uint8Array;
	try {
		bytes = encodeLatin1(value);
	} catch (error) {
		const at = error instanceof ParseError ? error.offset : 0;
		throw new ImageError("IMAGE_DESCRIPTION", writer.offset + at, `${name} is not printable ASCII`);
	}
	const bad = bytes.findIndex((byte) => byte < 0x20 || byte > 0x7e);
	if (bad >= 0) throw new ImageError("IMAGE_DESCRIPTION", writer.offset + bad, `${name} is not printable ASCII`);
	if (bytes.length >= length) {
		throw new ImageError("IMAGE_DESCRIPTION", writer.offset, `${name} longer than ${length - 1} characters`);
	}
	writer.bytes(bytes);
	writer.fill(length - bytes.length);
}

/**
 * @param fields `version` and `model` are required; the rest is empty or 0 when absent
 * @returns 256 bytes
 * @throws ImageError IMAGE_DESCRIPTION; ParseError BYTES_VALUE for a number that does not fit its field
 */
export function buildDescription(fields: Partial<Description> & Pick<Description, "version" | "model">): Uint8Array {
	const writer = new ByteWriter(DESCRIPTION_LENGTH);
	writer.u32le(DESCRIPTION_MAGIC);
	writer.u32le(fields.secureVersion ?? 0);
	writer.fill(8);
	putText(writer, filled(fields.version, 16, "version"), 32, "version");
	putText(writer, filled(fields.model, 48, "project name"), 32, "project name");
	putText(writer, fields.time ?? "", 16, "time");
	putText(writer, fields.date ?? "", 16, "date");
	putText(writer, fields.idfVersion ?? "", 32, "IDF version");
	const hash = fields.elfSHA256 ?? new Uint8Array(32);
	if (hash.length !== 32) throw new ImageError("IMAGE_DESCRIPTION", writer.offset, "SHA-256 of 32 bytes wanted");
	writer.bytes(hash);
	writer.u16le(fields.minBlockRevision ?? 0);
	writer.u16le(fields.maxBlockRevision ?? 0);
	writer.u8(fields.mmuPageSize ?? 0);
	writer.u8(fields.spiFlashMode ?? 0);
	writer.fill(DESCRIPTION_LENGTH - writer.offset);
	return writer.finish();
}

/** @returns the two C forms of a time, in UTC @param ms milliseconds since 1970-01-01T00:00Z */
export function formatBuildTime(ms: number): { date: string; time: string } {
	const when = new Date(ms);
	const two = (value: number): string => String(value).padStart(2, "0");
	const month = MONTHS.slice(when.getUTCMonth() * 3, when.getUTCMonth() * 3 + 3);
	return {
		date: `${month} ${String(when.getUTCDate()).padStart(2, " ")} ${when.getUTCFullYear()}`,
		time: `${two(when.getUTCHours())}:${two(when.getUTCMinutes())}:${two(when.getUTCSeconds())}`,
	};
}

/**
 * Build time of a description, read as UTC.
 * @returns milliseconds since 1970-01-01T00:00Z, or `undefined` when date or time is not in the C form
 */
export function parseBuildTime(description: Pick<Description, "date" | "time">): number | undefined {
	const date = /^([A-Z][a-z][a-z]) ([ 0-3][0-9]) ([0-9]{4})$/.exec(description.date);
	const time = /^([0-2][0-9]):([0-5][0-9]):([0-6][0-9])$/.exec(description.time);
	if (date === null || time === null) return undefined;
	const month = MONTHS.indexOf(date[1]);
	if (month < 0 || month % 3 !== 0) return undefined;
	return Date.UTC(
		Number(date[3]),
		month / 3,
		Number(date[2].trim()),
		Number(time[1]),
		Number(time[2]),
		Number(time[3]),
	);
}
