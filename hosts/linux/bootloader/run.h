// SPDX-License-Identifier: Apache-2.0
//
// Runs the firmware as a child process and serves its serial line and our signals meanwhile.
#ifndef BOOT_RUN_H
#define BOOT_RUN_H

#include "uart.h"

#include <signal.h>
#include <sys/types.h>

typedef struct {
	UART *uart;
	int signals;       // signalfd
	sigset_t previous; // signal mask for the child
	pid_t child;       // 0 when none runs
	int status;        // wait status of the last child
	bool off;          // somebody switched the board off: SIGINT, SIGTERM, SIGHUP, SIGQUIT
} Runner;

/** Takes over the process's signals. @returns false with errno */
bool runner_open(Runner *runner, UART *uart);

/**
 * Starts `program` (a descriptor of an ELF file) and waits until it ends or the board is switched off.
 * @returns false when no process can be made, with errno
 */
bool runner_run(Runner *runner, int program, char **argv);

/** Waits; ends early when the board is switched off. */
void runner_pause(Runner *runner, unsigned ms);

#endif
