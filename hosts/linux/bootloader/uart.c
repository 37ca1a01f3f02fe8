// SPDX-License-Identifier: Apache-2.0
//
// The serial line. Standard input and output are relayed, not inherited, because the firmware makes its line
// non-blocking, which on an inherited terminal would reach the shell too; and so terminal signals are ours alone.

#include "uart.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	WRITE_PATIENCE_MS = 2000, // for a standard output that is full
	WRITE_CHUNK = 512         // a pipe that is ready takes so much at once (POSIX: PIPE_BUF)
};

enum { POLL_INPUT, POLL_OUTPUT, POLL_LINE_IN, POLL_LINE_OUT };

static void set_raw(UART *uart)
{
	if (!uart->terminal || uart->raw || tcgetpgrp(STDIN_FILENO) != getpgrp())
		return; // in the background the terminal is not ours to change
	struct termios mode = uart->saved;
	mode.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
	mode.c_oflag &= ~(tcflag_t)OPOST;
	mode.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN); // ISIG stays
	mode.c_cc[VMIN] = 1;
	mode.c_cc[VTIME] = 0;
	uart->raw = tcsetattr(STDIN_FILENO, TCSANOW, &mode) == 0;
}

static const char *open_stdio(UART *uart)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return "cannot make the serial line";
	uart->line = ends[0];
	uart->board = ends[1];
	fcntl(uart->line, F_SETFL, O_NONBLOCK);
	uart->input = STDIN_FILENO;
	uart->terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &uart->saved) == 0;
	set_raw(uart);
	return NULL;
}

static bool make_link(UART *uart, const char *path)
{
	struct stat status;
	if (strlen(path) >= sizeof(uart->link))
		return errno = ENAMETOOLONG, false;
	// A link left by a killed loader is replaced; anything else in that place is not ours.
	if (lstat(path, &status) == 0 && S_ISLNK(status.st_mode))
		unlink(path);
	if (symlink(uart->slaveName, path) != 0)
		return false;
	strcpy(uart->link, path);
	return true;
}

static const char *open_pty(UART *uart, const char *path)
{
	struct termios mode;
	uart->board = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (uart->board < 0 || grantpt(uart->board) != 0 || unlockpt(uart->board) != 0 ||
		ptsname_r(uart->board, uart->slaveName, sizeof(uart->slaveName)) != 0)
		return "cannot make a pseudo-terminal";
	fcntl(uart->board, F_SETFL, O_RDWR | O_NONBLOCK);
	uart->slave = open(uart->slaveName, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (uart->slave < 0 || tcgetattr(uart->slave, &mode) != 0)
		return "cannot open the pseudo-terminal";
	cfmakeraw(&mode);
	if (tcsetattr(uart->slave, TCSANOW, &mode) != 0)
		return "cannot set up the pseudo-terminal";
	return make_link(uart, path) ? NULL : "cannot link to the pseudo-terminal";
}

const char *uart_open(UART *uart, const char *serial)
{
	memset(uart, 0, sizeof(*uart));
	uart->board = uart->line = uart->input = uart->slave = -1;
	const char *problem = NULL;
	if (strcmp(serial, "stdio") == 0)
		problem = open_stdio(uart);
	else if (strncmp(serial, "pty:", 4) == 0)
		problem = open_pty(uart, serial + 4);
	if (problem != NULL) {
		int error = errno;
		uart_close(uart);
		errno = error;
	}
	return problem;
}

static void close_if_open(int *file)
{
	if (*file >= 0)
		close(*file);
	*file = -1;
}

void uart_close(UART *uart)
{
	char target[sizeof(uart->slaveName)];
	uart_suspend(uart);
	if (uart->link[0] != 0) {
		ssize_t length = readlink(uart->link, target, sizeof(target));
		if (length == (ssize_t)strlen(uart->slaveName) && memcmp(target, uart->slaveName, (size_t)length) == 0)
			unlink(uart->link);
		uart->link[0] = 0;
	}
	close_if_open(&uart->board);
	close_if_open(&uart->line);
	close_if_open(&uart->slave);
	uart->input = -1;
}

/** @returns false when the far end takes nothing: the rest is lost then, as on a wire */
static bool write_output(const char *bytes, size_t length)
{
	while (length > 0) {
		struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
		if (poll(&output, 1, WRITE_PATIENCE_MS) <= 0)
			return false;
		ssize_t count = write(STDOUT_FILENO, bytes, length < WRITE_CHUNK ? length : WRITE_CHUNK);
		if (count < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (count <= 0)
			return false; // nobody there: the line has no listener
		bytes += count;
		length -= (size_t)count;
	}
	return true;
}

void uart_print(UART *uart, const char *line)
{
	char text[256];
	int length = snprintf(text, sizeof(text) - 2, "%s", line);
	size_t used = (size_t)length < sizeof(text) - 2 ? (size_t)length : sizeof(text) - 3;
	memcpy(text + used, "\r\n", 2);
	if (uart->line >= 0)
		write_output(text, used + 2);
	else if (uart->board >= 0 && write(uart->board, text, used + 2) < 0)
		return; // full, because nobody reads: as on a wire, the text is lost
}

void uart_suspend(UART *uart)
{
	if (uart->raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &uart->saved);
	uart->raw = false;
}

void uart_resume(UART *uart)
{
	uart->raw = false; // the shell may have changed the mode meanwhile
	set_raw(uart);
}

void uart_prepare(const UART *uart, struct pollfd polls[UART_POLLS])
{
	bool relay = uart->line >= 0;
	polls[POLL_INPUT] = (struct pollfd){.fd = uart->toBoardLength == 0 ? uart->input : -1, .events = POLLIN};
	polls[POLL_OUTPUT] = (struct pollfd){.fd = uart->toHostLength > 0 ? STDOUT_FILENO : -1, .events = POLLOUT};
	polls[POLL_LINE_IN] = (struct pollfd){.fd = relay && uart->toHostLength == 0 ? uart->line : -1, .events = POLLIN};
	polls[POLL_LINE_OUT] = (struct pollfd){.fd = relay && uart->toBoardLength > 0 ? uart->line : -1, .events = POLLOUT};
}

static void read_input(UART *uart)
{
	ssize_t count = read(uart->input, uart->toBoard, sizeof(uart->toBoard));
	if (count > 0)
		uart->toBoardLength = (unsigned)count;
	else if (count == 0 || (errno != EINTR && errno != EAGAIN))
		uart->input = -1;
}

static void read_line(UART *uart)
{
	ssize_t count = read(uart->line, uart->toHost, sizeof(uart->toHost));
	if (count > 0)
		uart->toHostLength = (unsigned)count;
}

static void write_line(UART *uart)
{
	ssize_t count = write(uart->line, uart->toBoard, uart->toBoardLength);
	if (count <= 0)
		return;
	uart->toBoardLength -= (unsigned)count;
	memmove(uart->toBoard, uart->toBoard + count, uart->toBoardLength);
}

static bool flush_host(UART *uart)
{
	bool taken = write_output(uart->toHost, uart->toHostLength);
	uart->toHostLength = 0;
	return taken;
}

void uart_relay(UART *uart, const struct pollfd polls[UART_POLLS])
{
	if (polls[POLL_INPUT].revents)
		read_input(uart);
	if (polls[POLL_LINE_OUT].revents)
		write_line(uart);
	if (polls[POLL_LINE_IN].revents)
		read_line(uart);
	if (polls[POLL_OUTPUT].revents)
		flush_host(uart);
}

void uart_drain(UART *uart)
{
	if (uart->line < 0)
		return;
	do {
		if (!flush_host(uart))
			return;
		read_line(uart);
	} while (uart->toHostLength > 0);
}
