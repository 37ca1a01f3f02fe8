// SPDX-License-Identifier: Apache-2.0
//
// A flash file as text: partitions, programs, boot choice, records, wear. Reads only; a gateway may be running on the file.

import type { FlashFile } from "./file.js";
import { inspectFlash, type PartitionView } from "./inspect.js";
import { printable, subtypeName, typeName } from "./names.js";
import { wearLines } from "./wear.js";

function hex(value: number): string {
	return `0x${value.toString(16).padStart(6, "0")}`;
}

function partitionLines({ partition, wear, lines }: PartitionView): string[] {
	const { label, type, subtype, offset, size } = partition;
	const kind = `${typeName(type)} ${subtypeName(type, subtype)}`;
	const place = `${hex(offset)} ${String(size / 1024).padStart(5)} KB`;
	const erases = `erases ${wear.sum} in all, ${wear.most} at most`;
	return [`${printable(label).padEnd(16)} ${kind.padEnd(12)} ${place}  ${erases}`, ...lines.map((line) => `  ${line}`)];
}

/** What the chip has done in its life, by the model. */
export function chipLines(file: FlashFile): string[] {
	return [
		`flash of ${file.contents.length / 1024} KB`,
		`programmed ${file.bytesProgrammed} bytes in ${file.programs} page programs`,
		`erased ${file.sectorErases} sectors of 4 KB and ${file.blockErases} blocks of 64 KB`,
		`busy for ${(file.busyMicroseconds / 1e6).toFixed(1)} s by the model, ${file.longestMicroseconds / 1000} ms at most in one turn`,
	];
}

/**
 * @param bytes of a flash file
 * @returns lines of text, printable ASCII
 * @throws FlashImageError FLASH_IMAGE_FILE, FLASH_IMAGE_TABLE
 */
export function showFlash(bytes: Buffer): string[] {
	const { file, partitions } = inspectFlash(bytes);
	return [...chipLines(file), ...partitions.flatMap(partitionLines), ...wearLines(file.wear)];
}
