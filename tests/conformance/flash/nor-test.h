// SPDX-License-Identifier: Apache-2.0
//
// What both test programs of the flash model need.
#ifndef NOR_TEST_H
#define NOR_TEST_H

#include "nor.h"

#include <stdlib.h>
#include <unistd.h>

enum { SIZE = 256 * 1024 };

static char path[4096];

static inline NOR *fresh(void)
{
	NOR *nor;
	unlink(path);
	if (nor_create(path, SIZE) != NOR_OK || nor_open(&nor, path, true) != NOR_OK)
		abort();
	return nor;
}

static inline uint8_t byte_at(NOR *nor, uint32_t offset)
{
	uint8_t byte;
	if (nor_read(nor, offset, &byte, 1) != NOR_OK)
		abort();
	return byte;
}

static inline bool all(NOR *nor, uint32_t offset, uint32_t length, uint8_t value)
{
	for (uint32_t i = 0; i < length; i++) {
		if (byte_at(nor, offset + i) != value)
			return false;
	}
	return true;
}

#endif
