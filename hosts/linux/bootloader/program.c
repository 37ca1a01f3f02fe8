// SPDX-License-Identifier: Apache-2.0
//
// The program in a file of its own in memory, which Linux can execute. Source: memfd_create(2).

#include "program.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

static bool write_all(int file, const uint8_t *bytes, size_t length)
{
	while (length > 0) {
		ssize_t count = write(file, bytes, length);
		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return false;
		bytes += count;
		length -= (size_t)count;
	}
	return true;
}

int program_copy(NOR *nor, const Image *image)
{
	int file = memfd_create("upgate", MFD_CLOEXEC | MFD_EXEC);
	if (file < 0 && errno == EINVAL) // Linux before 6.3
		file = memfd_create("upgate", MFD_CLOEXEC);
	if (file < 0)
		return -1;
	uint8_t buffer[NOR_BLOCK_SIZE];
	for (uint32_t done = 0; done < image->programLength;) {
		uint32_t left = image->programLength - done;
		uint32_t part = left < sizeof(buffer) ? left : (uint32_t)sizeof(buffer);
		if (nor_read(nor, image->programOffset + done, buffer, part) != NOR_OK || !write_all(file, buffer, part)) {
			close(file);
			return -1;
		}
		done += part;
	}
	return file;
}

void program_release(int program)
{
	if (program >= 0)
		close(program);
}
