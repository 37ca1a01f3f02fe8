// SPDX-License-Identifier: Apache-2.0
//
// Shared by the parts of the linker: linker.c (command line, lists), compile.c (module to bytecode), output.c (C text).

#ifndef UPGATE_LINKER_H
#define UPGATE_LINKER_H

#include "xsAll.h"
#include "xsScript.h"

typedef struct {
	char *specifier;
	char *script;
	char *map;
	int preload;
	/* After compile_module: bytecode with program-wide identifiers, and the host-function records of the engine. */
	txScript *code;
	txID *ids;
} module_t;

/* Prints one line to standard error and exits with 1. */
XS_FUNCTION_NORETURN void fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));

void compile_module(txMachine *the, module_t *module);
void write_header(txMachine *the, txID base, FILE *file);
void write_program(txMachine *the, txID base, module_t *modules, int count, FILE *file);

#endif
