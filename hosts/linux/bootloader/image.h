// SPDX-License-Identifier: Apache-2.0
//
// Verifies an application image in flash as ESP-IDF's loader does: header, segments, checksum, appended SHA-256.
// Signatures are not looked at here; nor is MMU page alignment, which Linux has no use for.
// Source: ESP-IDF "App Image Format"; components/bootloader_support/src/esp_image_format.c.
#ifndef BOOT_IMAGE_H
#define BOOT_IMAGE_H

#include "../flash/partitions.h"
#include "../host-chip.h"

enum { IMAGE_MAX_SEGMENTS = 16, IMAGE_DESCRIPTION_LENGTH = 256, IMAGE_PROGRAM_SEGMENT = 1 };

typedef struct {
	uint32_t length;        // bytes of the image with checksum and hash
	uint32_t programOffset; // of the ELF program, from the start of the flash
	uint32_t programLength;
	char version[33];
	char name[33];
	char problem[96]; // why it is refused, or empty
} Image;

/** @returns whether the image can be started; otherwise `image->problem` says why not */
bool image_verify(Image *image, NOR *nor, const Partition *partition);

#endif
