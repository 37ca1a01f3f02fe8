/* SPDX-License-Identifier: Apache-2.0
 *
 * Native part of host-objects.ts. Source: Moddable SDK 8.2.3, documentation/xs/XS in C.md.
 */

#include <stdint.h>
#include <stdlib.h>

#include "xsmc.h"

#define CHUNK_BYTES 16
#define BUFFER_LIMIT 65536

void xs_sdktests_foreign_destructor(void *data)
{
	(void)data;
}

void xs_sdktests_pointer(xsMachine *the)
{
	xsmcSetHostData(xsThis, (void *)(intptr_t)-1);
}

void xs_sdktests_chunk(xsMachine *the)
{
	uint8_t bytes[CHUNK_BYTES] = {0};
	xsmcSetHostChunk(xsThis, bytes, sizeof(bytes));
}

void xs_sdktests_buffer_destructor(void *data)
{
	free(data);
}

void xs_sdktests_buffer(xsMachine *the)
{
	xsIntegerValue length = xsmcToInteger(xsArg(0));
	if (length < 1 || length > BUFFER_LIMIT)
		xsRangeError("length");
	void *bytes = calloc(1, (size_t)length);
	if (!bytes)
		xsRangeError("no memory");
	xsmcSetHostBuffer(xsThis, bytes, length);
}
