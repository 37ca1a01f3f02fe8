// SPDX-License-Identifier: Apache-2.0
//
// The flash chip on a virtio disk whose contents are a flash file (hosts/linux/flash/README.md): read into memory as a whole, each
// change of the array written through before the operation ends. The trailer, with its account of wear, stays as it was made:
// it has no whole number of sectors, and a disk has.

#include "../../linux/flash/nor-file.h"

#include "../machine/virtio.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

static const char magic[8] = {'N', 'O', 'R', 'F', 'L', 'A', 'S', 'H'};

/* Most that one request reads. */
#define READ_LENGTH (1024u * 1024u)

static bool good_trailer(const NORTrailer *trailer, uint32_t size)
{
	return memcmp(trailer->magic, magic, sizeof(magic)) == 0 && trailer->version == 1 && trailer->size == size &&
		trailer->sectorSize == NOR_SECTOR_SIZE && trailer->blockSize == NOR_BLOCK_SIZE &&
		trailer->pageSize == NOR_PAGE_SIZE;
}

static bool read_all(uint8_t *bytes, uint64_t length)
{
	for (uint64_t done = 0; done < length;) {
		uint32_t part = length - done < READ_LENGTH ? (uint32_t)(length - done) : READ_LENGTH;
		if (!disk_read(done, bytes + done, part))
			return false;
		done += part;
	}
	return true;
}

static NORResult load(NOR *nor)
{
	uint64_t length = disk_length();
	uint64_t longest = NOR_MAX_SIZE + NOR_TRAILER_SIZE + NOR_MAX_SIZE / 1024 + DISK_SECTOR;
	if (length <= NOR_BLOCK_SIZE + NOR_TRAILER_SIZE || length > longest)
		return NOR_ERROR_FORMAT;
	/* The disk ends with a sector that the file has a part of only. */
	nor->size = (uint32_t)((length - NOR_TRAILER_SIZE) / 1025 * 1024 / NOR_BLOCK_SIZE * NOR_BLOCK_SIZE);
	nor->mapped = length;
	nor->array = memalign(16, (size_t)length);
	if (!nor->array)
		return NOR_ERROR_MEMORY;
	errno = EIO;
	if (!read_all(nor->array, length))
		return NOR_ERROR_FILE;
	nor->trailer = (NORTrailer *)(void *)(nor->array + nor->size);
	nor->wear = (uint32_t *)(void *)(nor->array + nor->size + NOR_TRAILER_SIZE);
	return good_trailer(nor->trailer, nor->size) ? NOR_OK : NOR_ERROR_FORMAT;
}

NORResult nor_open(NOR **result, const char *path, bool writable)
{
	(void)path;
	*result = NULL;
	errno = ENODEV;
	if (!disk_open())
		return NOR_ERROR_FILE;
	NOR *nor = calloc(1, sizeof(NOR));
	if (!nor)
		return NOR_ERROR_MEMORY;
	nor->writable = writable;
	NORResult opened = load(nor);
	if (opened != NOR_OK) {
		nor_close(nor);
		return opened;
	}
	*result = nor;
	return NOR_OK;
}

bool nor_changed(const NOR *nor, uint32_t offset, uint32_t length)
{
	uint32_t start = offset / DISK_SECTOR * DISK_SECTOR;
	uint32_t end = (offset + length + DISK_SECTOR - 1) / DISK_SECTOR * DISK_SECTOR;
	errno = EIO;
	return disk_write(start, nor->array + start, end - start);
}

void nor_close(NOR *nor)
{
	if (!nor)
		return;
	free(nor->array);
	free(nor);
}
