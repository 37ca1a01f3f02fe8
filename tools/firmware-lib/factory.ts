// SPDX-License-Identifier: Apache-2.0
//
// One image of a board's whole flash: loader, partition table, erased boot choice, app, factory store. What no piece
// fills is erased, so a board that gets it is as new.

import { FlashError } from "../flash-lib/error.js";
import { readImages, type ReadOptions } from "../flash-lib/files.js";
import type { ImageSet } from "../flash-lib/image-set.js";

export interface FactoryOptions extends ReadOptions {
	/** Of the flash, bytes; default: the smallest power of two the partitions fit in. */
	size?: number;
}

/**
 * @param folder of pieces, as tools/flash takes it
 * @throws FlashError
 */
export function buildFactory(folder: string, options: FactoryOptions = {}): { image: Buffer; set: ImageSet } {
	const set = readImages(folder, options);
	const size = options.size ?? 2 ** Math.ceil(Math.log2(set.flashNeeded));
	if (size < set.flashNeeded) {
		throw new FlashError("FLASH_SIZE", `the partitions need ${set.flashNeeded} bytes of flash, not ${size}`);
	}
	const image = Buffer.alloc(size, 0xff);
	for (const part of set.parts) image.set(part.data, part.offset);
	return { image, set };
}
