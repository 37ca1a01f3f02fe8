// SPDX-License-Identifier: Apache-2.0
//
// The engine's platform functions for the linker: plain allocation, errors end the program, nothing runs.

#include "linker.h"

void *native_malloc(size_t size)
{
	return malloc(size);
}

void *native_calloc(size_t count, size_t size)
{
	return calloc(count, size);
}

void *native_realloc(void *block, size_t size)
{
	return realloc(block, size);
}

void native_free(void *block)
{
	free(block);
}

void fxCreateMachinePlatform(txMachine *the)
{
	(void)the;
}

void fxDeleteMachinePlatform(txMachine *the)
{
	(void)the;
}

void *fxAllocateChunks(txMachine *the, txSize size)
{
	(void)the;
	return malloc((size_t)size);
}

void fxFreeChunks(txMachine *the, void *chunks)
{
	(void)the;
	free(chunks);
}

txSlot *fxAllocateSlots(txMachine *the, txSize count)
{
	(void)the;
	return calloc((size_t)count, sizeof(txSlot));
}

void fxFreeSlots(txMachine *the, void *slots)
{
	(void)the;
	free(slots);
}

void fxAbort(txMachine *the, int status)
{
	(void)the;
	fatal("the engine stopped with status %d", status);
}

txID fxFindModule(txMachine *the, txSlot *realm, txID moduleID, txSlot *slot)
{
	(void)the, (void)realm, (void)moduleID, (void)slot;
	return XS_NO_ID;
}

void fxLoadModule(txMachine *the, txSlot *module, txID moduleID)
{
	(void)the, (void)module, (void)moduleID;
}

txScript *fxParseScript(txMachine *the, void *stream, txGetter getter, txUnsigned flags)
{
	(void)the, (void)stream, (void)getter, (void)flags;
	return NULL;
}

void fxQueuePromiseJobs(txMachine *the)
{
	(void)the;
}
