// SPDX-License-Identifier: Apache-2.0
//
// What an image must be to be taken here: limits of the caller and sanity of single fields, one code for each reason.
// Sources: ESP-IDF, esp_image_format.c (verify_image_header, verify_segment_header), bootloader_common_loader.c (revisions).

import { chipName } from "./chips.js";
import { DESCRIPTION_LENGTH, type Description } from "./description.js";
import { ImageError } from "./error.js";
import {
	HASH_LENGTH,
	HEADER_OFFSET,
	MAX_SEGMENTS,
	REVISION_UNSET,
	checksumOffset,
	type ImageHeader,
	type SegmentHeader,
} from "./header.js";

export interface ImageLimits {
	/** Chip the image must be for; `any` is for tools that only look. */
	chip: number | "any";
	/** Largest image with its signature sector, bytes: the size of the slot. */
	maxSize: number;
	/** Project name the description must carry; default any. */
	model?: string;
	/** Revision of the chip, major * 100 + minor; default: limits are not applied. */
	revision?: number;
	/** Lowest secure version taken (default 0). */
	minSecureVersion?: number;
}

function isSet(revision: number): boolean {
	return revision !== 0 && revision !== REVISION_UNSET;
}

function checkRevision(header: ImageHeader, revision: number | undefined): void {
	const { minRevision, maxRevision } = header;
	if (isSet(maxRevision) && minRevision > maxRevision) {
		const text = `minimal revision ${minRevision} above maximal ${maxRevision}`;
		throw new ImageError("IMAGE_REVISION", HEADER_OFFSET.minRevision, text);
	}
	if (revision === undefined) return;
	if (revision < minRevision) {
		const text = `chip revision ${revision}, image needs ${minRevision}`;
		throw new ImageError("IMAGE_REVISION", HEADER_OFFSET.minRevision, text);
	}
	if (isSet(maxRevision) && revision > maxRevision) {
		const text = `chip revision ${revision}, image goes up to ${maxRevision}`;
		throw new ImageError("IMAGE_REVISION", HEADER_OFFSET.maxRevision, text);
	}
}

/** @throws ImageError IMAGE_SEGMENTS, IMAGE_CHIP, IMAGE_REVISION, IMAGE_HASH */
export function checkHeader(header: ImageHeader, limits: ImageLimits): void {
	if (limits.chip !== "any" && header.chip !== limits.chip) {
		const text = `image for ${chipName(header.chip)}, this is ${chipName(limits.chip)}`;
		throw new ImageError("IMAGE_CHIP", HEADER_OFFSET.chip, text);
	}
	if (header.segmentCount < 1 || header.segmentCount > MAX_SEGMENTS) {
		const text = `${header.segmentCount} segments, 1 to ${MAX_SEGMENTS} allowed`;
		throw new ImageError("IMAGE_SEGMENTS", HEADER_OFFSET.segmentCount, text);
	}
	checkRevision(header, limits.revision);
	if (header.hashAppended !== 1) {
		throw new ImageError("IMAGE_HASH", HEADER_OFFSET.hashAppended, "image without appended SHA-256");
	}
}

/**
 * @param segment with `offset`, the position of its data
 * @param maxSize as of `ImageLimits`
 * @throws ImageError IMAGE_SEGMENTS, IMAGE_SIZE
 */
export function checkSegment(segment: SegmentHeader & { offset: number }, index: number, maxSize: number): void {
	const at = segment.offset - 4; // the length field
	if (segment.length % 4 !== 0) {
		throw new ImageError("IMAGE_SEGMENTS", at, `segment ${index} of ${segment.length} bytes, not a multiple of 4`);
	}
	if (index === 0 && segment.length < DESCRIPTION_LENGTH) {
		throw new ImageError("IMAGE_SEGMENTS", at, "first segment too short for the application description");
	}
	const end = checksumOffset(segment.offset + segment.length) + 1 + HASH_LENGTH;
	if (end > maxSize) {
		const text = `segment ${index} needs an image of ${end} bytes, limit ${maxSize}`;
		throw new ImageError("IMAGE_SIZE", at, text);
	}
	if (segment.address + segment.length > 0x100000000) {
		throw new ImageError("IMAGE_SEGMENTS", at - 4, `segment ${index} goes beyond the address space`);
	}
}

/** @param base position of the description in the image @throws ImageError IMAGE_MODEL, IMAGE_SECURE_VERSION */
export function checkDescription(description: Description, base: number, limits: ImageLimits): void {
	if (limits.model !== undefined && description.model !== limits.model) {
		const text = `image for model ${description.model}, this is ${limits.model}`;
		throw new ImageError("IMAGE_MODEL", base + 48, text);
	}
	const lowest = limits.minSecureVersion ?? 0;
	if (description.secureVersion < lowest) {
		const text = `secure version ${description.secureVersion}, ${lowest} or higher wanted`;
		throw new ImageError("IMAGE_SECURE_VERSION", base + 4, text);
	}
}

/** Whether `at` lies in the segment. */
export function holds({ address, length }: SegmentHeader, at: number): boolean {
	return at >= address && at < address + length;
}
