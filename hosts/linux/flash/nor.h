// SPDX-License-Identifier: Apache-2.0
//
// A serial NOR flash chip in a file: bits only fall, erase by 4 KB sector or 64 KB block, wear counted, busy time modelled.
// A file is the array followed by a trailer, so one file is one chip; layout in README.md. Not thread-safe.
// Source: Winbond W25Q128JV data sheet, revision F, "AC Electrical Characteristics" (typical figures).
#ifndef NOR_H
#define NOR_H

#include <stdbool.h>
#include <stdint.h>

enum {
	NOR_PAGE_SIZE = 256,
	NOR_SECTOR_SIZE = 4096,
	NOR_BLOCK_SIZE = 65536,
	NOR_MAX_SIZE = 64 * 1024 * 1024,
	NOR_TRAILER_SIZE = 128
};

typedef enum {
	NOR_OK = 0,
	NOR_ERROR_RANGE,     // offset or length outside the array
	NOR_ERROR_ALIGNMENT, // erase not on sector bounds
	NOR_ERROR_BITS,      // program would raise a bit from 0 to 1
	NOR_ERROR_SIZE,      // not a chip size: 64 KB to 64 MB, a multiple of 64 KB
	NOR_ERROR_FORMAT,    // the file is no flash file, or its trailer is damaged
	NOR_ERROR_LOCKED,    // another process has the file open
	NOR_ERROR_READ_ONLY, // opened for reading
	NOR_ERROR_FILE,      // the host's file system refused: see errno
	NOR_ERROR_MEMORY
} NORResult;

/** Operations since the file was opened (`nor_session`) or made (`nor_lifetime`, which does not count reads). */
typedef struct {
	uint64_t reads;
	uint64_t bytesRead;
	uint64_t programs; // page programs: one takes up to 256 bytes of one page
	uint64_t bytesProgrammed;
	uint64_t sectorErases;
	uint64_t blockErases;
	uint64_t busyMicroseconds;    // time a real chip would have been busy
	uint64_t longestMicroseconds; // the most of it within one turn of the caller, who tells turns by nor_new_turn
} NORStatistics;

typedef struct NOR NOR;

/** Makes a new, erased chip of `size` bytes. Refuses an existing file (NOR_ERROR_FILE, errno EEXIST). */
NORResult nor_create(const char *path, uint32_t size);

/** Opens a chip and locks its file: one writer alone, or several readers. On failure `*nor` is NULL and nothing is held. */
NORResult nor_open(NOR **nor, const char *path, bool writable);

/** Releases the file and the lock; NULL is fine. */
void nor_close(NOR *nor);

uint32_t nor_size(const NOR *nor);

NORResult nor_read(NOR *nor, uint32_t offset, void *buffer, uint32_t length);

/** Programs `length` bytes, page by page. Nothing is changed when any bit of the range would have to rise. */
NORResult nor_program(NOR *nor, uint32_t offset, const void *bytes, uint32_t length);

/** Erases a range of whole sectors, by 64 KB block wherever a whole aligned block is inside (as ESP-IDF's driver does). */
NORResult nor_erase(NOR *nor, uint32_t offset, uint32_t length);

/** The caller has looked after other things since the last operation: what comes now blocks it anew. */
void nor_new_turn(NOR *nor);

/**
 * Really wait for the modelled time divided by `scale`, after each operation; 0 (the default) does not wait. What the system
 * makes a wait longer than asked for is taken off the following ones.
 */
void nor_set_wait(NOR *nor, double scale);

NORStatistics nor_session(const NOR *nor);
NORStatistics nor_lifetime(const NOR *nor);

/** Erase count of the sector at `offset`; 0 outside the array. */
uint32_t nor_wear(const NOR *nor, uint32_t offset);

/** English text of a result, never NULL. */
const char *nor_message(NORResult result);

#endif
