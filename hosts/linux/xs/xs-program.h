/* SPDX-License-Identifier: Apache-2.0
 *
 * The linked program: what the linker writes into mc.xs.c and xs-program.c reads.
 */

#ifndef UPGATE_XS_PROGRAM_H
#define UPGATE_XS_PROGRAM_H

#include "xsAll.h"

typedef struct {
	const char *specifier;
	const txByte *code;
	txSize size;
	/* Builds the array of the module's host functions; NULL when it has none. */
	txCallback hosts;
	/* Imported before the root machine is frozen and shared. */
	txBoolean preload;
} xs_module_t;

/* Sorted by specifier. */
extern const xs_module_t xs_modules[];
extern const int xs_module_count;

/* Names in order of their identifiers, each with its final zero (pointers would cost as much again, and a relocation
 * each); the first has identifier xs_name_base. */
extern const char xs_names[];
extern const int xs_name_count;
extern const int xs_name_base;

#endif
