/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the parts of the engine's host layer.
 */

#ifndef UPGATE_XS_HOST_H
#define UPGATE_XS_HOST_H

#include "xs-program.h"

/* The next machine made gets a region of this many bytes. */
void xs_heap_next_region(size_t size);

/* Makes the root machine, registers names, imports the preload modules, freezes, shares, and clones the machine of the
 * program. Writes the reason to standard error and returns NULL when that fails. */
txMachine *xs_program_start(const txCreation *creation, size_t region_size, const char *name);

/* Freezes the built-ins of the root machine and all they reach. */
void xs_freeze_builtins(txMachine *the);

/* Imports a module and calls its default export when that is a function. */
void xs_program_run(txMachine *the, const char *specifier);

/* Runs promise jobs until there are none; an unhandled rejection ends the process. */
void xs_run_jobs(txMachine *the);

void native_usage(size_t *now, size_t *highest);
/* The highest use counts from now on. */
void native_peak_reset(void);
/* What the root machine took stands for flash on the chip: counting starts after it. */
void native_usage_reset(void);

#endif
