// SPDX-License-Identifier: Apache-2.0
//
// How far down the C stack may go: the engine asks before it recurses.

#include "xs-host.h"

/* For the recursions that do not look at the limit. */
#define STACK_MARGIN (64 * 1024)

extern char __stack_bottom[];

char *fxCStackLimit(void)
{
	return __stack_bottom + STACK_MARGIN;
}
