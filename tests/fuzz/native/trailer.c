// SPDX-License-Identifier: Apache-2.0
//
// Opening a flash file: its length and its trailer. Input: kind of length, 1 byte of detail, then trailer and wear counters.

#include "fuzz.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SIZE = NOR_BLOCK_SIZE, WHOLE = SIZE + NOR_TRAILER_SIZE + SIZE / NOR_SECTOR_SIZE * 4 };

/** Lengths around the right one, and some that others would have. */
static off_t file_length(uint8_t kind, uint8_t detail)
{
	switch (kind % 8) {
	case 0:
		return detail;
	case 1:
		return WHOLE - 128 + detail;
	case 2:
		return (off_t)detail * NOR_BLOCK_SIZE;
	case 3:
		return (off_t)detail * (NOR_BLOCK_SIZE + NOR_BLOCK_SIZE / 1024) + NOR_TRAILER_SIZE;
	case 4:
		return ((off_t)1 << (detail % 40)) + NOR_TRAILER_SIZE;
	default:
		return WHOLE;
	}
}

static void use(NOR *nor)
{
	uint8_t bytes[16];
	uint32_t size = nor_size(nor);
	PROMISE(size >= NOR_BLOCK_SIZE && size <= NOR_MAX_SIZE && size % NOR_BLOCK_SIZE == 0);
	PROMISE(nor_read(nor, size - 16, bytes, 16) == NOR_OK && nor_read(nor, size - 15, bytes, 16) == NOR_ERROR_RANGE);
	PROMISE(nor_erase(nor, size - NOR_SECTOR_SIZE, NOR_SECTOR_SIZE) == NOR_OK);
	PROMISE(nor_program(nor, size - 16, bytes, 16) == NOR_OK && nor_erase(nor, size, 4096) == NOR_ERROR_RANGE);
	(void)nor_wear(nor, size - 1);
	// Counters that are damaged may wrap; those of the session are our own.
	PROMISE(nor_wear(nor, size) == 0 && nor_session(nor).sectorErases == 1 && nor_session(nor).programs == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	if (length < 2 || length > 2 + NOR_TRAILER_SIZE + SIZE / NOR_SECTOR_SIZE * 4)
		return 0;
	char path[64];
	int file = memfd_create("fuzz", MFD_CLOEXEC);
	off_t whole = file_length(bytes[0], bytes[1]);
	PROMISE(file >= 0);
	if (ftruncate(file, whole) != 0) {
		close(file);
		return 0;
	}
	// Where the trailer lies is told by the length alone.
	off_t at = whole > NOR_TRAILER_SIZE ? (whole - NOR_TRAILER_SIZE) / 1025 * 1024 : 0;
	if (at + (off_t)length - 2 <= whole && length > 2)
		PROMISE(pwrite(file, bytes + 2, length - 2, at) == (ssize_t)length - 2);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	NOR *nor;
	NORResult result = nor_open(&nor, path, true);
	PROMISE((result == NOR_OK) == (nor != NULL));
	PROMISE(result == NOR_OK || result == NOR_ERROR_FORMAT);
	if (nor != NULL)
		use(nor);
	fuzz_taken = nor != NULL;
	nor_close(nor);
	close(file);
	return 0;
}
