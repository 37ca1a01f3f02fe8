// SPDX-License-Identifier: Apache-2.0
//
// The readers in C that are fuzzed: their sources, and good inputs (each program's header tells the form of its input).

import { buildSelectEntry } from "../../../modules/flash/select-entry.js";
import { packImage } from "../../../tools/firmware-lib/pack.js";
import { buildFile, buildTable, readPartitions } from "../../../tools/flash-image-lib/index.js";
import { joined } from "../../image/sample.js";
import type { Random } from "../../harness/random.js";

export interface NativeTarget {
	/** As in an id; the program is `native/NAME.c` without `loader-`. */
	name: string;
	source: string;
	/** Sources under test beside those that every program has. */
	with: string[];
	corpus(): Uint8Array[];
	fixedLength?: boolean;
	/** Sets the flag that lets the program make checksums right. */
	repair?(input: Uint8Array, random: Random): void;
}

function setFlag(input: Uint8Array): void {
	if (input.length > 0) input[0] |= 1;
}

function images(): Uint8Array[] {
	const program = new Uint8Array(600).map((_, i) => i * 11);
	program.set([0x7f, 0x45, 0x4c, 0x46]);
	const description = { version: "7.00.1", model: "upgate" };
	const image = packImage({ program, description });
	return [joined(Uint8Array.of(0), image), joined(Uint8Array.of(1), image, new Uint8Array(100).fill(0xff))];
}

function selections(): Uint8Array[] {
	const erased = new Uint8Array(32).fill(0xff);
	const pairs = [
		[erased, erased],
		[buildSelectEntry(1, "VALID"), buildSelectEntry(2, "NEW")],
		[buildSelectEntry(5, "PENDING_VERIFY"), buildSelectEntry(4, "VALID")],
		[buildSelectEntry(7, "INVALID"), buildSelectEntry(6, "ABORTED")],
		[buildSelectEntry(0xfffffffe, "UNDEFINED"), erased],
	];
	return pairs.flatMap((pair) => [2, 16].map((slots) => joined(Uint8Array.of(0, slots, 4), ...pair)));
}

function tables(): Uint8Array[] {
	const csv = "nvs,data,nvs,0x9000,4K\notadata,data,ota,,8K\nsixteen letters!,0x40,7,,4K,readonly\n";
	const slots = [0x10, 0x11, 0x1f].map((subtype, index) => ({
		label: `ota_${index}`,
		type: 0,
		subtype,
		offset: 0xd000 + index * 0x1000,
		size: 0x1000,
		flags: 0,
	}));
	const table = buildTable([...readPartitions(csv), ...slots]);
	return [joined(Uint8Array.of(0), table), joined(Uint8Array.of(1), table.subarray(0, 7 * 32))];
}

function trailers(): Uint8Array[] {
	const trailer = buildFile(new Uint8Array(65536)).subarray(65536);
	return [7, 1, 2, 3, 4].map((kind) => joined(Uint8Array.of(kind, 128), trailer));
}

const boot = "hosts/linux/bootloader";
const flash = "hosts/linux/flash";

export const nativeTargets: readonly NativeTarget[] = [
	{
		name: "loader-image",
		source: "image.c",
		with: [`${boot}/image.c`, `${boot}/sha256.c`, `${boot}/sha256-x86.c`],
		corpus: images,
		repair: setFlag,
	},
	{ name: "loader-otadata", source: "otadata.c", with: [`${boot}/otadata.c`], corpus: selections, fixedLength: true },
	{
		name: "loader-partitions",
		source: "partitions.c",
		with: [`${flash}/partitions.c`, `${flash}/md5.c`],
		corpus: tables,
		repair: setFlag,
	},
	{ name: "loader-trailer", source: "trailer.c", with: [`${flash}/nor-file.c`], corpus: trailers },
];
