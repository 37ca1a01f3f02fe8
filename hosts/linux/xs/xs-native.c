// SPDX-License-Identifier: Apache-2.0
//
// Counted C heap: what the engine (keys, tables, jumps) and our natives take with c_malloc.

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

void native_peak_reset(void)
{
	peak = used;
}

void native_usage_reset(void)
{
	used = 0;
	peak = 0;
}
