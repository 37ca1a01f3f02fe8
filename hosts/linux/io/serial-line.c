/* SPDX-License-Identifier: Apache-2.0
 *
 * The two descriptors of the console on the event loop. Both are watched edge-triggered: input left unread, a far end
 * that hung up and the end of a file do not wake the loop again. Regular files and /dev/null, which epoll does not take,
 * are always ready and need no watch. Sources: epoll(7), pty(7), pipe(7), ioctl_tty(2).
 */

#include "serial-line.h"

#include "../host.h"
#include "../loop/loop.h"
#include "io-input.h"
#include "io-memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct serial_line {
	int input;
	int output;
	loop_watch_t *input_watch;
	loop_watch_t *output_watch;
	loop_deferred_t *deferred;
	serial_event_fn fn;
	void *owner;
	unsigned interest;
	unsigned pending;
	size_t shown;
	size_t out_count;
	unsigned char out[SERIAL_WRITE_LIMIT];
};

/* The line of the process can be open once. */
static serial_line_t *opened;

static void on_deferred(void *ctx);

static void schedule(serial_line_t *line)
{
	if ((line->pending & line->interest) && !line->deferred)
		loop_defer(on_deferred, line, &line->deferred);
}

/* Our own descriptor for the line, non-blocking. A terminal is opened again, so that the mode of others stays. */
static int own_descriptor(int fd)
{
	char path[32];
	unsigned number;
	if (fd < 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	/* Opening the master of a pseudo terminal again would make another one. */
	if (isatty(fd) && ioctl(fd, TIOCGPTN, &number) < 0) {
		int again = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
		if (again >= 0)
			return again;
	}
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (copy >= 0)
		fcntl(copy, F_SETFL, fcntl(copy, F_GETFL) | O_NONBLOCK);
	return copy;
}

static void check_input(serial_line_t *line)
{
	size_t bytes = io_input_waiting(line->input, SERIAL_READ_LIMIT);
	if (bytes <= line->shown)
		return;
	line->shown = bytes;
	line->pending |= SERIAL_READABLE;
}

static void send_output(serial_line_t *line)
{
	size_t sent = 0;
	while (sent < line->out_count) {
		ssize_t count = line->output < 0 ? -1 : write(line->output, line->out + sent, line->out_count - sent);
		if (count < 0 && line->output >= 0 && errno == EINTR)
			continue;
		if (count < 0 && line->output >= 0 && errno == EAGAIN)
			break;
		/* Nobody at the far end: as on a wire, the bytes are gone. */
		sent += count > 0 ? (size_t)count : line->out_count - sent;
	}
	if (!sent)
		return;
	memmove(line->out, line->out + sent, line->out_count - sent);
	line->out_count -= sent;
	line->pending |= SERIAL_WRITABLE;
}

/* One event a turn, so that promise jobs run between callbacks. */
static void deliver(serial_line_t *line)
{
	static const unsigned order[] = {SERIAL_READABLE, SERIAL_WRITABLE};
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		unsigned event = order[i];
		bool pending = (line->pending & line->interest & event) != 0;
		line->pending &= ~event;
		if (!pending || !(event == SERIAL_READABLE ? line->shown : serial_line_space(line)))
			continue;
		schedule(line);
		line->fn(line->owner, event);
		return;
	}
}

static void on_deferred(void *ctx)
{
	serial_line_t *line = ctx;
	line->deferred = NULL;
	deliver(line);
}

static void on_input(void *ctx, uint32_t events)
{
	serial_line_t *line = ctx;
	(void)events;
	check_input(line);
	deliver(line);
}

static void on_output(void *ctx, uint32_t events)
{
	serial_line_t *line = ctx;
	(void)events;
	send_output(line);
	deliver(line);
}

serial_line_t *serial_line_open(serial_event_fn fn, void *owner, unsigned interest)
{
	if (opened)
		return NULL;
	serial_line_t *line = native_calloc(1, sizeof(*line));
	if (!line)
		return NULL;
	line->fn = fn;
	line->owner = owner;
	line->interest = interest;
	line->input = own_descriptor(host_serial_input());
	line->output = own_descriptor(host_serial_output());
	if (line->input >= 0)
		loop_watch(line->input, EPOLLIN | EPOLLET, on_input, line, &line->input_watch);
	if (line->output >= 0)
		loop_watch(line->output, EPOLLOUT | EPOLLET, on_output, line, &line->output_watch);
	check_input(line);
	line->pending |= SERIAL_WRITABLE;
	schedule(line);
	opened = line;
	return line;
}

void serial_line_close(serial_line_t *line)
{
	send_output(line);
	loop_unwatch(line->input_watch);
	loop_unwatch(line->output_watch);
	loop_defer_cancel(line->deferred);
	if (line->input >= 0)
		close(line->input);
	if (line->output >= 0)
		close(line->output);
	native_free(line);
	opened = NULL;
}

size_t serial_line_available(serial_line_t *line)
{
	check_input(line);
	schedule(line);
	return line->shown;
}

size_t serial_line_read(serial_line_t *line, void *buffer, size_t length)
{
	if (length > line->shown)
		length = line->shown;
	if (!length)
		return 0;
	ssize_t count = read(line->input, buffer, length);
	line->shown = count > 0 ? line->shown - (size_t)count : 0;
	check_input(line);
	schedule(line);
	return count > 0 ? (size_t)count : 0;
}

size_t serial_line_space(const serial_line_t *line)
{
	return SERIAL_WRITE_LIMIT - line->out_count;
}

void serial_line_write(serial_line_t *line, const void *buffer, size_t length)
{
	if (length > serial_line_space(line))
		return;
	memcpy(line->out + line->out_count, buffer, length);
	line->out_count += length;
	/* At once: what a program says before it ends the process is seen. */
	send_output(line);
	schedule(line);
}

void serial_line_flush(serial_line_t *line, bool input, bool output)
{
	unsigned char bytes[256];
	if (output && line->out_count) {
		line->out_count = 0;
		line->pending |= SERIAL_WRITABLE;
	}
	if (input) {
		check_input(line);
		for (size_t left = line->shown; left > 0;) {
			ssize_t count = read(line->input, bytes, left < sizeof(bytes) ? left : sizeof(bytes));
			if (count <= 0)
				break;
			left -= (size_t)count;
		}
		line->shown = 0;
		line->pending &= ~(unsigned)SERIAL_READABLE;
		check_input(line);
	}
	schedule(line);
}
