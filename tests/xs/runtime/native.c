// SPDX-License-Identifier: Apache-2.0
//
// Native part of native.ts.

#include <stdio.h>
#include <stdlib.h>

#include "xsmc.h"

extern const void *mcGetResource(xsMachine *the, const char *path, size_t *size);

void xs_tests_print(xsMachine *the)
{
	fprintf(stdout, "%s\n", xsmcToString(xsArg(0)));
	fflush(stdout);
}

void xs_tests_exit(xsMachine *the)
{
	exit(xsmcToInteger(xsArg(0)));
}

void xs_tests_resource(xsMachine *the)
{
	size_t size;
	const void *bytes = mcGetResource(the, xsmcToString(xsArg(0)), &size);
	if (bytes)
		xsmcSetArrayBuffer(xsResult, (void *)bytes, (xsIntegerValue)size);
}
