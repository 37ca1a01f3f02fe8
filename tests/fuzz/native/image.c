// SPDX-License-Identifier: Apache-2.0
//
// The loader's image reader. Input: a flag byte (1: make checksum and hash right), then the start of a slot.

#include "../../../hosts/linux/bootloader/image.h"
#include "../../../hosts/linux/bootloader/sha256.h"
#include "fuzz.h"

#include <string.h>

enum { SLOT_OFFSET = 0x1000, SLOT_SIZE = 0x3000, FLASH_SIZE = 0x5000 };

static uint32_t u32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static void digest_of(const uint8_t *bytes, size_t length, uint8_t digest[32])
{
	SHA256 hash;
	sha256_start(&hash);
	sha256_update(&hash, bytes, length);
	sha256_finish(&hash, digest);
}

static void repair(uint8_t *slot)
{
	uint32_t end = 24;
	uint8_t checksum = 0xEF;
	for (unsigned i = 0; i < slot[1] && i < IMAGE_MAX_SEGMENTS; i++) {
		if (end + 8 > SLOT_SIZE)
			return;
		uint32_t length = u32(slot + end + 4);
		end += 8;
		if (length > SLOT_SIZE - end)
			return;
		for (uint32_t at = 0; at < length; at++)
			checksum ^= slot[end + at];
		end += length;
	}
	uint32_t at = end + 15 - end % 16;
	if (at + 33 > SLOT_SIZE)
		return;
	slot[at] = checksum;
	digest_of(slot, at + 1, slot + at + 1);
}

static bool is_text(const char text[33])
{
	size_t length = strnlen(text, 33);
	for (size_t i = 0; i < length && length < 33; i++) {
		if (text[i] < 0x20 || text[i] > 0x7E)
			return false;
	}
	return length < 33;
}

static void check_taken(const Image *image, const uint8_t *slot)
{
	PROMISE(image->problem[0] == 0 && image->length <= SLOT_SIZE && image->length % 16 == 0);
	PROMISE(image->programOffset >= SLOT_OFFSET && image->programLength >= 4);
	PROMISE(image->programLength <= SLOT_OFFSET + image->length - image->programOffset);
	PROMISE(memcmp(slot + image->programOffset - SLOT_OFFSET, "\177ELF", 4) == 0);
	if (slot[23] == 0)
		return;
	uint8_t digest[32];
	digest_of(slot, image->length - 32, digest);
	PROMISE(memcmp(digest, slot + image->length - 32, 32) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	if (length < 1 || length > SLOT_SIZE)
		return 0;
	NOR *nor = chip_make(FLASH_SIZE, SLOT_OFFSET, bytes + 1, length - 1);
	if (bytes[0] & 1)
		repair(nor->array + SLOT_OFFSET);
	const Partition partition = {.offset = SLOT_OFFSET, .size = SLOT_SIZE};
	Image image;
	memset(&image, 0xAA, sizeof(image));
	bool taken = image_verify(&image, nor, &partition);
	PROMISE(is_text(image.version) && is_text(image.name));
	PROMISE(strnlen(image.problem, sizeof(image.problem)) < sizeof(image.problem));
	if (taken)
		check_taken(&image, nor->array + SLOT_OFFSET);
	else
		PROMISE(image.problem[0] != 0);
	// One pass: no more is read than the slot holds.
	PROMISE(nor_session(nor).bytesRead <= SLOT_SIZE && nor_session(nor).programs == 0);
	fuzz_taken = taken;
	chip_free(nor);
	return 0;
}
