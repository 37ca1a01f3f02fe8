/* SPDX-License-Identifier: Apache-2.0
 *
 * The two descriptors of the console on the event loop, without the script engine: never blocks, bounded output buffer.
 * Takes terminals, pseudo terminals, pipes, sockets, regular files and /dev/null. Sources: epoll(7), pty(7), pipe(7).
 */

#ifndef UPGATE_SERIAL_LINE_H
#define UPGATE_SERIAL_LINE_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of input shown at a time, and most bytes of output held. */
#define SERIAL_READ_LIMIT 4096
#define SERIAL_WRITE_LIMIT 4096

enum { SERIAL_READABLE = 1, SERIAL_WRITABLE = 2 };

typedef struct serial_line serial_line_t;
/* Called from the loop with one event at a time; may close the line. */
typedef void (*serial_event_fn)(void *owner, unsigned event);

/* Opens the line of the process; NULL while it is open already or without memory. */
serial_line_t *serial_line_open(serial_event_fn fn, void *owner, unsigned interest);
/* Sends what the far end takes at once and drops the rest. */
void serial_line_close(serial_line_t *line);

size_t serial_line_available(serial_line_t *line);
size_t serial_line_read(serial_line_t *line, void *buffer, size_t length);
size_t serial_line_space(const serial_line_t *line);
/* length must not be more than serial_line_space. */
void serial_line_write(serial_line_t *line, const void *buffer, size_t length);
/* Drops input that has arrived and output that has not left. */
void serial_line_flush(serial_line_t *line, bool input, bool output);

#endif
