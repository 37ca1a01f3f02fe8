// SPDX-License-Identifier: Apache-2.0
//
// What a flash file holds behind the array, and the open chip; for nor.c and nor-file.c alone.
#ifndef NOR_FILE_H
#define NOR_FILE_H

#include "nor.h"

/** 128 bytes, little-endian, at offset `size` of the file; `size / 4096` 32-bit wear counters follow. */
typedef struct {
	char magic[8]; // "NORFLASH"
	uint32_t version;
	uint32_t size;
	uint32_t sectorSize;
	uint32_t blockSize;
	uint32_t pageSize;
	uint32_t reserved;
	uint64_t busyMicroseconds;
	uint64_t programs;
	uint64_t bytesProgrammed;
	uint64_t sectorErases;
	uint64_t blockErases;
	uint64_t longestMicroseconds;
	uint8_t padding[48];
} NORTrailer;

_Static_assert(sizeof(NORTrailer) == NOR_TRAILER_SIZE, "the trailer is 128 bytes");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the trailer is mapped as it lies in the file");

struct NOR {
	int file;
	bool writable;
	uint32_t size;
	uint64_t mapped;
	uint8_t *array;
	NORTrailer *trailer;
	uint32_t *wear;
	double waitScale;
	int64_t overslept; // nanoseconds that waits took too long and later ones make good
	bool inTurn;       // turns are told: see nor_new_turn
	uint64_t turnMicroseconds;
	NORStatistics session;
};

/** After each change of the array; a mapped file has it already. @returns whether the file has it */
bool nor_changed(const NOR *nor, uint32_t offset, uint32_t length);

#endif
