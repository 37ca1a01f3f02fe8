// SPDX-License-Identifier: Apache-2.0
//
// The board's serial line. The firmware always gets one descriptor for both directions: a socket whose other end is
// relayed to standard input and output, or the master of a pseudo-terminal.
#ifndef BOOT_UART_H
#define BOOT_UART_H

#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <termios.h>

enum { UART_BUFFER = 512, UART_POLLS = 4 };

typedef struct {
	int board; // the firmware's descriptor, -1 without a serial line
	int line;  // our end of the socket, -1 without a relay
	int input; // standard input, -1 at its end
	int slave; // held open so that the master never sees a hang-up
	bool raw;  // the terminal is in raw mode now
	bool terminal;
	struct termios saved;
	char link[PATH_MAX];
	char slaveName[64];
	unsigned toBoardLength, toHostLength;
	char toBoard[UART_BUFFER], toHost[UART_BUFFER];
} UART;

/** @returns NULL, or what failed (with errno); then nothing is held */
const char *uart_open(UART *uart, const char *serial);

/** Puts the terminal back and removes the link. */
void uart_close(UART *uart);

/** Sends a line, with CR LF, as the loader's own output. Never waits on a pseudo-terminal nobody reads. */
void uart_print(UART *uart, const char *line);

/** Gives the terminal back to the shell, and takes it again. */
void uart_suspend(UART *uart);
void uart_resume(UART *uart);

/** Fills the descriptors to poll for the relay; `uart_relay` then moves what is ready. */
void uart_prepare(const UART *uart, struct pollfd polls[UART_POLLS]);
void uart_relay(UART *uart, const struct pollfd polls[UART_POLLS]);

/** Moves what the ended firmware has left in the line to standard output. */
void uart_drain(UART *uart);

#endif
