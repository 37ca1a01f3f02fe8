// SPDX-License-Identifier: Apache-2.0
//
// Descriptors: 0 to 2 are the serial line, others sockets and counters. There is no file system.
// Source: POSIX.1-2017.

#include "file.h"

#include "../machine/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define FILES 96

static uint32_t line_poll(file_t *file)
{
	(void)file;
	return EPOLLOUT | (uart_waiting() ? EPOLLIN : 0);
}

static ssize_t line_read(file_t *file, void *buffer, size_t length)
{
	(void)file;
	size_t count = uart_take(buffer, length);
	return count || !length ? (ssize_t)count : file_fail(EAGAIN);
}

static ssize_t line_write(file_t *file, const void *buffer, size_t length)
{
	const char *from = buffer;
	(void)file;
	for (size_t i = 0; i < length; i++)
		uart_put(from[i]);
	return (ssize_t)length;
}

static size_t line_waiting(file_t *file)
{
	(void)file;
	return uart_waiting();
}

static void line_close(file_t *file)
{
	(void)file;
}

static const file_kind_t line_kind = {line_poll, line_read, line_write, line_waiting, line_close};

/* Two, because input and output are watched apart. */
static file_t lines[2] = {{.kind = &line_kind}, {.kind = &line_kind}};
static file_t *files[FILES] = {&lines[0], &lines[1], &lines[1]};

void files_look(void)
{
	static uint32_t seen;
	uint32_t arrived = uart_arrived();
	if (arrived != seen)
		file_raise(&lines[0]);
	seen = arrived;
}

int file_fail(int error)
{
	errno = error;
	return -1;
}

int file_limit(void)
{
	return FILES;
}

int file_open(file_t *file)
{
	for (int fd = 3; fd < FILES; fd++) {
		if (!files[fd]) {
			files[fd] = file;
			return fd;
		}
	}
	return file_fail(EMFILE);
}

file_t *file_get(int fd)
{
	if (fd >= 0 && fd < FILES && files[fd])
		return files[fd];
	errno = EBADF;
	return NULL;
}

void file_raise(file_t *file)
{
	file->raised = true;
}

ssize_t read(int fd, void *buffer, size_t length)
{
	file_t *file = file_get(fd);
	return file ? file->kind->read(file, buffer, length) : -1;
}

ssize_t write(int fd, const void *buffer, size_t length)
{
	file_t *file = file_get(fd);
	return file ? file->kind->write(file, buffer, length) : -1;
}

int close(int fd)
{
	file_t *file = file_get(fd);
	if (!file)
		return -1;
	files[fd] = NULL;
	file->kind->close(file);
	return 0;
}

int open(const char *path, int flags, ...)
{
	(void)path, (void)flags;
	return file_fail(ENOENT);
}

int isatty(int fd)
{
	(void)fd;
	return 0;
}

/* F_DUPFD: another descriptor for the line. Other requests have nothing to change: all descriptors are non-blocking. */
int fcntl(int fd, int command, ...)
{
	file_t *file = file_get(fd);
	if (!file)
		return -1;
	return command == F_DUPFD_CLOEXEC ? file_open(file) : 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	file_t *file = file_get(fd);
	va_list arguments;
	if (!file)
		return -1;
	if (request != FIONREAD)
		return file_fail(EINVAL);
	va_start(arguments, request);
	*va_arg(arguments, int *) = (int)file->kind->waiting(file);
	va_end(arguments);
	return 0;
}
