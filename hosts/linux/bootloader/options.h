// SPDX-License-Identifier: Apache-2.0
//
// Command line of the loader; what it does not know itself goes on to the firmware. List in README.md.
#ifndef BOOT_OPTIONS_H
#define BOOT_OPTIONS_H

#include <stdbool.h>

enum { OPTIONS_MAX_PASSED = 128 };

typedef struct {
	const char *flash;
	const char *mac;
	const char *serial; // "stdio", "none" or "pty:PATH"
	unsigned panicDelayMs;
	bool withParent; // the plug is pulled when the program that started us dies
	int passedCount;
	char *passed[OPTIONS_MAX_PASSED]; // names and values, in order
	char problem[128];
} Options;

/** @returns whether the command line is good; otherwise `options->problem` says why not */
bool options_read(Options *options, int argc, char **argv);

extern const char options_usage[];

#endif
