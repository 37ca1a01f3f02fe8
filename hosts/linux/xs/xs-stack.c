// SPDX-License-Identifier: Apache-2.0
//
// How far down the C stack may go. The engine asks each time it compiles a regular expression, which is each time a script comes to a
// literal of one; its own answer has glibc read /proc/self/maps, for longer than the compilation takes. All scripts run on one thread,
// whose stack does not move: once is enough. Source: pthread_getattr_np(3).

#include "xs-host.h"

/* For the recursions that do not look at the limit: as much as the engine keeps free. */
#define STACK_MARGIN ((size_t)128 * 1024)

static char *limit;

static char *find_limit(void)
{
	pthread_attr_t attributes;
	void *base = NULL;
	size_t size;
	if (pthread_getattr_np(pthread_self(), &attributes) != 0)
		return NULL;
	if (pthread_attr_getstack(&attributes, &base, &size) != 0)
		base = NULL;
	pthread_attr_destroy(&attributes);
	return base ? (char *)base + STACK_MARGIN : NULL;
}

char *fxCStackLimit(void)
{
	if (!limit)
		limit = find_limit();
	return limit;
}
