// SPDX-License-Identifier: Apache-2.0
//
// Counted C heap: what the engine (keys, tables, jumps) and our natives take with c_malloc. And where the stack ends.

#include "xs-host.h"

#include <malloc.h>

static size_t used;
static size_t peak;

static void *counted(void *block)
{
	if (block) {
		used += malloc_usable_size(block);
		if (used > peak)
			peak = used;
	}
	return block;
}

/* What was taken before native_usage_reset is not in `used`. */
static void uncounted(size_t size)
{
	used -= (size < used) ? size : used;
}

void *native_malloc(size_t size)
{
	return counted(malloc(size));
}

void *native_calloc(size_t count, size_t size)
{
	return counted(calloc(count, size));
}

void *native_realloc(void *block, size_t size)
{
	size_t before = block ? malloc_usable_size(block) : 0;
	void *result = realloc(block, size);
	if (result) {
		uncounted(before);
		counted(result);
	}
	return result;
}

void native_free(void *block)
{
	if (block)
		uncounted(malloc_usable_size(block));
	free(block);
}

void native_usage(size_t *now, size_t *highest)
{
	*now = used;
	*highest = peak;
}

void native_usage_reset(void)
{
	used = 0;
	peak = 0;
}

#undef pthread_getattr_np
#undef pthread_attr_getstack

int native_getattr(pthread_t thread, pthread_attr_t *attributes)
{
	(void)thread;
	(void)attributes; /* as pthread_attr_init has made them */
	return 0;
}

int native_getstack(const pthread_attr_t *attributes, void **address, size_t *size)
{
	static void *known_address;
	static size_t known_size;
	(void)attributes;
	if (!known_address) {
		pthread_attr_t own;
		int error = pthread_getattr_np(pthread_self(), &own);
		if (error)
			return error;
		pthread_attr_getstack(&own, &known_address, &known_size);
		pthread_attr_destroy(&own);
	}
	*address = known_address;
	*size = known_size;
	return 0;
}
