// SPDX-License-Identifier: Apache-2.0
//
// Memory of the machine. The firmware's machine lives in one region of fixed size, as on the chip with `creation.static`:
// chunks grow from its bottom, slots (stack and heap) from its top, and when they meet memory is full. The root machine
// (frozen built-ins and preloaded modules, flash on the chip) uses plain allocation and has no region.

#include "xs-host.h"

#include <sys/mman.h>

static size_t next_region_size;

void xs_heap_next_region(size_t size)
{
	next_region_size = (size + 15) & ~(size_t)15;
}

void fxCreateMachinePlatform(txMachine *the)
{
	the->promiseJobs = 0;
	if (!next_region_size)
		return;
	void *region = mmap(NULL, next_region_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (region == MAP_FAILED)
		fxAbort(the, XS_NOT_ENOUGH_MEMORY_EXIT);
	the->regionBase = region;
	the->regionChunks = the->regionBase;
	the->regionSlots = the->regionBase + next_region_size;
	next_region_size = 0;
}

void fxDeleteMachinePlatform(txMachine *the)
{
	(void)the;
}

void *fxAllocateChunks(txMachine *the, txSize size)
{
	if (!the->regionBase)
		return c_malloc((size_t)size);
	size_t rounded = ((size_t)size + 15) & ~(size_t)15;
	if (rounded > (size_t)(the->regionSlots - the->regionChunks))
		return C_NULL;
	void *result = the->regionChunks;
	the->regionChunks += size;
	return result;
}

void fxFreeChunks(txMachine *the, void *chunks)
{
	if (!the->regionBase)
		c_free(chunks);
}

txSlot *fxAllocateSlots(txMachine *the, txSize count)
{
	size_t size = (size_t)count * sizeof(txSlot);
	if (!the->regionBase)
		return c_malloc(size);
	if (size > (size_t)(the->regionSlots - the->regionChunks))
		return C_NULL;
	the->regionSlots -= size;
	return (txSlot *)(void *)the->regionSlots;
}

void fxFreeSlots(txMachine *the, void *slots)
{
	if (!the->regionBase)
		c_free(slots);
}
