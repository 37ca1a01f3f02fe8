// SPDX-License-Identifier: Apache-2.0
//
// Making, opening, locking and closing a flash file. The lock is flock(2): it goes when the process does, however it ends.

#include "nor-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char magic[8] = {'N', 'O', 'R', 'F', 'L', 'A', 'S', 'H'};

enum { VERSION = 1 };

static uint64_t file_length(uint32_t size)
{
	return (uint64_t)size + NOR_TRAILER_SIZE + (uint64_t)(size / NOR_SECTOR_SIZE) * sizeof(uint32_t);
}

static bool good_size(uint32_t size)
{
	return size >= NOR_BLOCK_SIZE && size <= NOR_MAX_SIZE && size % NOR_BLOCK_SIZE == 0;
}

static bool write_all(int file, const void *bytes, size_t length)
{
	const uint8_t *from = bytes;
	while (length > 0) {
		ssize_t count = write(file, from, length);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return false;
		from += count;
		length -= (size_t)count;
	}
	return true;
}

static bool write_new(int file, uint32_t size)
{
	uint8_t erased[NOR_SECTOR_SIZE];
	memset(erased, 0xFF, sizeof(erased));
	for (uint32_t i = 0; i < size; i += NOR_SECTOR_SIZE) {
		if (!write_all(file, erased, sizeof(erased)))
			return false;
	}
	NORTrailer trailer = {
		.version = VERSION,
		.size = size,
		.sectorSize = NOR_SECTOR_SIZE,
		.blockSize = NOR_BLOCK_SIZE,
		.pageSize = NOR_PAGE_SIZE,
	};
	memcpy(trailer.magic, magic, sizeof(magic));
	if (!write_all(file, &trailer, sizeof(trailer)))
		return false;
	static const uint32_t unworn[NOR_BLOCK_SIZE / NOR_SECTOR_SIZE];
	for (uint32_t i = 0; i < size; i += NOR_BLOCK_SIZE) {
		if (!write_all(file, unworn, sizeof(unworn)))
			return false;
	}
	return true;
}

NORResult nor_create(const char *path, uint32_t size)
{
	if (!good_size(size))
		return NOR_ERROR_SIZE;
	int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (file < 0)
		return NOR_ERROR_FILE;
	bool written = write_new(file, size);
	int error = errno;
	if (close(file) != 0 && written) {
		written = false;
		error = errno;
	}
	if (written)
		return NOR_OK;
	unlink(path);
	errno = error;
	return NOR_ERROR_FILE;
}

static NORResult check_trailer(int file, uint64_t length, uint32_t *size)
{
	// From the length alone: length = size + 128 + size / 1024, with size a multiple of 64 KB.
	if (length <= NOR_TRAILER_SIZE)
		return NOR_ERROR_FORMAT;
	uint64_t guess = (length - NOR_TRAILER_SIZE) / 1025 * 1024;
	if (guess > NOR_MAX_SIZE || !good_size((uint32_t)guess) || file_length((uint32_t)guess) != length)
		return NOR_ERROR_FORMAT;
	NORTrailer trailer;
	if (pread(file, &trailer, sizeof(trailer), (off_t)guess) != (ssize_t)sizeof(trailer))
		return NOR_ERROR_FILE;
	if (memcmp(trailer.magic, magic, sizeof(magic)) != 0 || trailer.version != VERSION || trailer.size != guess ||
		trailer.sectorSize != NOR_SECTOR_SIZE || trailer.blockSize != NOR_BLOCK_SIZE ||
		trailer.pageSize != NOR_PAGE_SIZE)
		return NOR_ERROR_FORMAT;
	*size = trailer.size;
	return NOR_OK;
}

static NORResult map(NOR *nor)
{
	struct stat status;
	if (flock(nor->file, (nor->writable ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0)
		return errno == EWOULDBLOCK ? NOR_ERROR_LOCKED : NOR_ERROR_FILE;
	if (fstat(nor->file, &status) != 0)
		return NOR_ERROR_FILE;
	if (!S_ISREG(status.st_mode))
		return NOR_ERROR_FORMAT;
	NORResult result = check_trailer(nor->file, (uint64_t)status.st_size, &nor->size);
	if (result != NOR_OK)
		return result;
	nor->mapped = (uint64_t)status.st_size;
	int protection = PROT_READ | (nor->writable ? PROT_WRITE : 0);
	void *mapping = mmap(NULL, (size_t)nor->mapped, protection, MAP_SHARED, nor->file, 0);
	if (mapping == MAP_FAILED)
		return NOR_ERROR_FILE;
	nor->array = mapping;
	nor->trailer = (NORTrailer *)(nor->array + nor->size);
	nor->wear = (uint32_t *)(nor->array + nor->size + NOR_TRAILER_SIZE);
	return NOR_OK;
}

NORResult nor_open(NOR **result, const char *path, bool writable)
{
	*result = NULL;
	NOR *nor = calloc(1, sizeof(NOR));
	if (nor == NULL)
		return NOR_ERROR_MEMORY;
	nor->writable = writable;
	nor->file = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);
	NORResult opened = nor->file < 0 ? NOR_ERROR_FILE : map(nor);
	if (opened != NOR_OK) {
		int error = errno;
		nor_close(nor);
		errno = error;
		return opened;
	}
	*result = nor;
	return NOR_OK;
}

bool nor_changed(const NOR *nor, uint32_t offset, uint32_t length)
{
	(void)nor, (void)offset, (void)length;
	return true;
}

void nor_close(NOR *nor)
{
	if (nor == NULL)
		return;
	if (nor->array != NULL)
		munmap(nor->array, (size_t)nor->mapped);
	if (nor->file >= 0)
		close(nor->file);
	free(nor);
}
