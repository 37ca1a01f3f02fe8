/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory for the engine's region: never given back (mmap(2) of Linux).
 */

#ifndef UPGATE_SYS_MMAN_H
#define UPGATE_SYS_MMAN_H

#include <sys/types.h>

enum { PROT_READ = 1, PROT_WRITE = 2, MAP_PRIVATE = 2, MAP_ANONYMOUS = 0x20 };

#define MAP_FAILED ((void *)-1)

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset);

#endif
