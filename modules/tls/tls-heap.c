/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts what Mbed TLS takes of the heap, where it is built with mbedtls-config.h, so that buffers kept without need are seen.
 * Elsewhere (ESP32) nothing is counted. The counts are the library's: one for the program, like its heap.
 */

#include "tls.h"

#include "mc.xs.h"

#include <stddef.h>

#if defined(MBEDTLS_PLATFORM_CALLOC_MACRO)
#include <malloc.h>
#endif

static size_t used;
static size_t peak;

#if defined(MBEDTLS_PLATFORM_CALLOC_MACRO)

void *tls_calloc(size_t count, size_t size)
{
	void *block = c_calloc(count, size);
	if (block)
		used += malloc_usable_size(block);
	if (used > peak)
		peak = used;
	return block;
}

void tls_free(void *block)
{
	if (!block)
		return;
	used -= malloc_usable_size(block);
	c_free(block);
}

#endif

/* Bytes in use now. */
void xs_tls_heap_now(xsMachine *the)
{
	xsmcSetNumber(xsResult, (xsNumberValue)used);
}

/* Most bytes that were in use since the last call of this. */
void xs_tls_heap_takePeak(xsMachine *the)
{
	xsmcSetNumber(xsResult, (xsNumberValue)peak);
	peak = used;
}
