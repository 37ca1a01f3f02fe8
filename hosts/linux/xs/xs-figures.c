// SPDX-License-Identifier: Apache-2.0
//
// Memory figures of a machine from the engine's own counters. Slots and chunks share the region: the size of each is what it
// has now plus what is still free between them.

#include "xs-figures.h"
#include "xs-host.h"

void xs_figures(void *machine, xs_figures_t *figures)
{
	txMachine *the = machine;
	size_t slot = sizeof(txSlot);
	size_t free_bytes = the->regionBase ? (size_t)(the->regionSlots - the->regionChunks) : 0;
	figures->slots.now = (size_t)the->currentHeapCount * slot;
	figures->slots.peak = (size_t)the->peakHeapCount * slot;
	figures->slots.size = (size_t)the->maximumHeapCount * slot + free_bytes;
	figures->chunks.now = (size_t)the->currentChunksSize;
	figures->chunks.peak = (size_t)the->peakChunksSize;
	figures->chunks.size = (size_t)the->maximumChunksSize + free_bytes;
	figures->stack.now = (size_t)((char *)the->stackTop - (char *)the->stack);
	figures->stack.peak = (size_t)((char *)the->stackTop - (char *)the->stackPeak);
	if (figures->stack.peak < figures->stack.now)
		figures->stack.peak = figures->stack.now;
	figures->stack.size = (size_t)((char *)the->stackTop - (char *)the->stackBottom);
	native_usage(&figures->native.now, &figures->native.peak);
	figures->native.size = 0;
}
