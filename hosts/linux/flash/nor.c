// SPDX-License-Identifier: Apache-2.0
//
// The chip's operations. The array changes in two functions only, `program_page` and `erase_unit`: a place for power cuts. Where the
// file cannot be mapped, `nor_changed` writes it.
// The file is mapped shared and only the range of the operation changes, each byte from its old value to its new one, the
// wear count first: whenever the process is killed, the file holds what a real chip could hold after a power cut then.

#include "nor.h"
#include "nor-file.h"

#include <errno.h>
#include <string.h>
#include <time.h>

// W25Q128JV, typical: tBP1, tBP2, tPP, tSE, tBE2.
enum { FIRST_BYTE_US = 30, NEXT_BYTES_US_TIMES_2 = 5, PAGE_US = 700, SECTOR_ERASE_US = 45000, BLOCK_ERASE_US = 150000 };

static bool inside(const NOR *nor, uint32_t offset, uint32_t length)
{
	return offset <= nor->size && length <= nor->size - offset;
}

static int64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/** A chip is never late, as nanosleep is by some 60 us each time: over many pages that would count as flash being slow. */
static void wait_us(NOR *nor, double us)
{
	int64_t ns = (int64_t)(us * 1000) - nor->overslept;
	if (ns <= 0) {
		nor->overslept = -ns;
		return;
	}
	int64_t start = now_ns();
	struct timespec left = {.tv_sec = (time_t)(ns / 1000000000), .tv_nsec = (long)(ns % 1000000000)};
	while (nanosleep(&left, &left) != 0 && errno == EINTR) {
	}
	int64_t late = now_ns() - start - ns;
	nor->overslept = late > 0 ? late : 0;
}

static void busy(NOR *nor, uint64_t us)
{
	nor->session.busyMicroseconds += us;
	nor->trailer->busyMicroseconds += us;
	if (nor->inTurn) {
		nor->turnMicroseconds += us;
		if (nor->turnMicroseconds > nor->session.longestMicroseconds)
			nor->session.longestMicroseconds = nor->turnMicroseconds;
		if (nor->turnMicroseconds > nor->trailer->longestMicroseconds)
			nor->trailer->longestMicroseconds = nor->turnMicroseconds;
	}
	if (nor->waitScale > 0)
		wait_us(nor, (double)us / nor->waitScale);
}

/** Whether a program operation would have to raise a bit. */
static bool raises_bits(const uint8_t *now, const uint8_t *wanted, uint32_t length)
{
	uint64_t raised = 0, a, b;
	for (; length >= sizeof(a); now += sizeof(a), wanted += sizeof(b), length -= sizeof(a)) {
		memcpy(&a, now, sizeof(a));
		memcpy(&b, wanted, sizeof(b));
		raised |= b & ~a;
	}
	while (length--)
		raised |= *wanted++ & (uint8_t) ~*now++;
	return raised != 0;
}

/** Lowers bits; every byte goes from its old value to its new one, and what follows comes after it also in the file. */
static void lower_bits(uint8_t *now, const uint8_t *wanted, uint32_t length)
{
	uint64_t a, b;
	for (; length >= sizeof(a); now += sizeof(a), wanted += sizeof(b), length -= sizeof(a)) {
		memcpy(&a, now, sizeof(a));
		memcpy(&b, wanted, sizeof(b));
		a &= b;
		memcpy(now, &a, sizeof(a));
	}
	while (length--)
		*now++ &= *wanted++;
	__asm__ volatile("" ::: "memory");
}

static bool program_page(NOR *nor, uint32_t offset, const uint8_t *bytes, uint32_t length)
{
	nor->trailer->programs++;
	nor->trailer->bytesProgrammed += length;
	lower_bits(nor->array + offset, bytes, length);
	if (!nor_changed(nor, offset, length))
		return false;
	nor->session.programs++;
	nor->session.bytesProgrammed += length;
	busy(nor, length == NOR_PAGE_SIZE ? PAGE_US : FIRST_BYTE_US + NEXT_BYTES_US_TIMES_2 * (length - 1) / 2);
	return true;
}

static bool erase_unit(NOR *nor, uint32_t offset, uint32_t length)
{
	for (uint32_t i = 0; i < length; i += NOR_SECTOR_SIZE)
		nor->wear[(offset + i) / NOR_SECTOR_SIZE]++;
	bool block = length == NOR_BLOCK_SIZE;
	*(block ? &nor->trailer->blockErases : &nor->trailer->sectorErases) += 1;
	memset(nor->array + offset, 0xFF, length);
	if (!nor_changed(nor, offset, length))
		return false;
	*(block ? &nor->session.blockErases : &nor->session.sectorErases) += 1;
	busy(nor, block ? BLOCK_ERASE_US : SECTOR_ERASE_US);
	return true;
}

NORResult nor_read(NOR *nor, uint32_t offset, void *buffer, uint32_t length)
{
	if (!inside(nor, offset, length))
		return NOR_ERROR_RANGE;
	if (length > 0)
		memcpy(buffer, nor->array + offset, length);
	nor->session.reads++;
	nor->session.bytesRead += length;
	return NOR_OK;
}

NORResult nor_program(NOR *nor, uint32_t offset, const void *bytes, uint32_t length)
{
	if (!nor->writable)
		return NOR_ERROR_READ_ONLY;
	if (!inside(nor, offset, length))
		return NOR_ERROR_RANGE;
	const uint8_t *from = bytes;
	if (raises_bits(nor->array + offset, from, length))
		return NOR_ERROR_BITS;
	while (length > 0) {
		uint32_t part = NOR_PAGE_SIZE - offset % NOR_PAGE_SIZE;
		if (part > length)
			part = length;
		if (!program_page(nor, offset, from, part))
			return NOR_ERROR_FILE;
		offset += part;
		from += part;
		length -= part;
	}
	return NOR_OK;
}

NORResult nor_erase(NOR *nor, uint32_t offset, uint32_t length)
{
	if (!nor->writable)
		return NOR_ERROR_READ_ONLY;
	if (!inside(nor, offset, length))
		return NOR_ERROR_RANGE;
	if (offset % NOR_SECTOR_SIZE != 0 || length % NOR_SECTOR_SIZE != 0)
		return NOR_ERROR_ALIGNMENT;
	while (length > 0) {
		uint32_t unit = offset % NOR_BLOCK_SIZE == 0 && length >= NOR_BLOCK_SIZE ? NOR_BLOCK_SIZE : NOR_SECTOR_SIZE;
		if (!erase_unit(nor, offset, unit))
			return NOR_ERROR_FILE;
		offset += unit;
		length -= unit;
	}
	return NOR_OK;
}

void nor_new_turn(NOR *nor)
{
	nor->inTurn = true;
	nor->turnMicroseconds = 0;
}

void nor_set_wait(NOR *nor, double scale)
{
	nor->waitScale = scale > 0 ? scale : 0;
}

uint32_t nor_size(const NOR *nor)
{
	return nor->size;
}

NORStatistics nor_session(const NOR *nor)
{
	return nor->session;
}

NORStatistics nor_lifetime(const NOR *nor)
{
	return (NORStatistics){
		.programs = nor->trailer->programs,
		.bytesProgrammed = nor->trailer->bytesProgrammed,
		.sectorErases = nor->trailer->sectorErases,
		.blockErases = nor->trailer->blockErases,
		.busyMicroseconds = nor->trailer->busyMicroseconds,
		.longestMicroseconds = nor->trailer->longestMicroseconds,
	};
}

uint32_t nor_wear(const NOR *nor, uint32_t offset)
{
	return offset < nor->size ? nor->wear[offset / NOR_SECTOR_SIZE] : 0;
}

const char *nor_message(NORResult result)
{
	switch (result) {
	case NOR_OK:
		return "done";
	case NOR_ERROR_RANGE:
		return "outside the flash";
	case NOR_ERROR_ALIGNMENT:
		return "erase not on sector bounds";
	case NOR_ERROR_BITS:
		return "write would raise a bit: erase first";
	case NOR_ERROR_SIZE:
		return "flash size is not a multiple of 64 KB from 64 KB to 64 MB";
	case NOR_ERROR_FORMAT:
		return "not a flash file, or a damaged one";
	case NOR_ERROR_LOCKED:
		return "flash file is in use by another process";
	case NOR_ERROR_READ_ONLY:
		return "flash is open for reading only";
	case NOR_ERROR_FILE:
		return "file system error";
	case NOR_ERROR_MEMORY:
		return "out of memory";
	}
	return "unknown flash error";
}
