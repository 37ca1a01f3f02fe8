// SPDX-License-Identifier: Apache-2.0
//
// The standard streams are the serial line, and the end of the program is a reset of the machine: what the boot loader of the Linux
// host does with an exit status (hosts/linux/bootloader/README.md).

#include "../machine/machine.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../linux/host.h"

static int put(char byte, FILE *file)
{
	(void)file;
	if (byte == '\n')
		uart_put('\r');
	uart_put(byte);
	return (unsigned char)byte;
}

static FILE line = FDEV_SETUP_STREAM(put, NULL, NULL, _FDEV_SETUP_WRITE);

FILE *const stdout = &line;
FILE *const stderr = &line;
FILE *const stdin = &line;

void _exit(int status)
{
	if (status == HOST_EXIT_RESTART)
		machine_reset(MACHINE_SOFTWARE);
	if (!status)
		machine_off();
	printf("panic: status %d\n", status);
	machine_reset(MACHINE_PANIC);
}

/* For `raise`, which the C library calls in `abort`. */

int getpid(void)
{
	return 1;
}

int kill(int process, int number)
{
	(void)process;
	printf("panic: signal %d\n", number);
	machine_reset(MACHINE_PANIC);
}
