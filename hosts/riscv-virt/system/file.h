/* SPDX-License-Identifier: Apache-2.0
 *
 * Descriptors: what stands behind each of them, and what the event loop wants to know of it.
 */

#ifndef UPGATE_FILE_H
#define UPGATE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct file file_t;

typedef struct {
	/* EPOLL bits that hold now. */
	uint32_t (*poll)(file_t *file);
	ssize_t (*read)(file_t *file, void *buffer, size_t length);
	ssize_t (*write)(file_t *file, const void *buffer, size_t length);
	/* Bytes that can be read. */
	size_t (*waiting)(file_t *file);
	void (*close)(file_t *file);
} file_kind_t;

/* At the start of what stands behind a descriptor. */
struct file {
	const file_kind_t *kind;
	uint32_t interest;
	void *data;
	bool watched;
	/* Something has happened since the last report. */
	bool raised;
};

/* A new descriptor, or -1 with errno; the file is not closed then. */
int file_open(file_t *file);
/* NULL with errno when there is none. */
file_t *file_get(int fd);
/* Descriptors are 0 to file_limit() - 1. */
int file_limit(void);
void file_raise(file_t *file);
/* Looks at what arrives without telling: the serial line. */
void files_look(void);

/* -1 with errno set to `error`. */
int file_fail(int error);

#endif
