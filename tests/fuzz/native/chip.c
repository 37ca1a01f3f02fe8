// SPDX-License-Identifier: Apache-2.0
//
// A chip in memory instead of a file.

#include "fuzz.h"

#include <string.h>

int fuzz_taken;

NOR *chip_make(uint32_t size, uint32_t offset, const uint8_t *bytes, size_t length)
{
	NOR *nor = calloc(1, sizeof(NOR));
	PROMISE(nor != NULL && offset + length <= size);
	nor->file = -1;
	nor->writable = true;
	nor->size = size;
	nor->array = malloc(size);
	nor->trailer = calloc(1, sizeof(NORTrailer));
	nor->wear = calloc(size / NOR_SECTOR_SIZE, sizeof(uint32_t));
	PROMISE(nor->array != NULL && nor->trailer != NULL && nor->wear != NULL);
	memset(nor->array, 0xFF, size);
	if (length > 0)
		memcpy(nor->array + offset, bytes, length);
	return nor;
}

void chip_free(NOR *nor)
{
	free(nor->wear);
	free(nor->trailer);
	free(nor->array);
	free(nor);
}
