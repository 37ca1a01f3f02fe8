/* SPDX-License-Identifier: Apache-2.0
 *
 * What the native parts of the Linux host share. Start-up options come from the boot loader on the command line (main.c).
 */

#ifndef UPGATE_HOST_H
#define UPGATE_HOST_H

#include <stddef.h>
#include <stdint.h>

/* Exit statuses of the firmware that the boot loader understands. */
#define HOST_EXIT_RESTART 64
#define HOST_EXIT_MEMORY 65
#define HOST_EXIT_EXCEPTION 66
#define HOST_EXIT_REJECTION 67
#define HOST_EXIT_STACK 68
#define HOST_EXIT_FAILURE 69
#define HOST_EXIT_USAGE 70

/* Descriptors of the serial line; -1 when there is none. */
int host_serial_input(void);
int host_serial_output(void);

/* Flash image file; NULL when the program was started without one. */
const char *host_flash_path(void);
/* Nonzero when flash operations take their modelled time. */
int host_flash_timing(void);
/* Slot the program was started from, 0 or 1. */
int host_running_slot(void);

/* Value of `--option name=value`, `--port name=value` (as `port.name`) or `--name value`; NULL when not given. */
const char *host_option(const char *name);

/* Says why on the serial line, or on standard error when there is none; then ends the process at once. */
void host_fatal(int status, const char *cause, const char *text) __attribute__((noreturn));

/* Ends the process with HOST_EXIT_RESTART when the present turn of the loop is over. */
void host_restart(void);

#endif
