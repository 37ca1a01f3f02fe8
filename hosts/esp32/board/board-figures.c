/* SPDX-License-Identifier: Apache-2.0
 *
 * Figures of a machine whose slots and chunks grow towards each other in one region (`creation.static`): the size of each is what it has
 * now plus what is free between them. The engine keeps the stack's peak in instrumented builds only; otherwise it is what is used now.
 */

#include "xsAll.h"

#include "board-figures.h"

void board_figures(void *machine, board_figures_t *figures)
{
	txMachine *the = machine;
	size_t slot = sizeof(txSlot);
	size_t between = the->heap ? (size_t)(the->heap_pend - the->heap_ptr) : 0;
	figures->slots.now = (size_t)the->currentHeapCount * slot;
	figures->slots.peak = (size_t)the->peakHeapCount * slot;
	figures->slots.size = (size_t)the->maximumHeapCount * slot + between;
	figures->chunks.now = (size_t)the->currentChunksSize;
	figures->chunks.peak = (size_t)the->peakChunksSize;
	figures->chunks.size = (size_t)the->maximumChunksSize + between;
	figures->stack.now = (size_t)((char *)the->stackTop - (char *)the->stack);
	figures->stack.peak = figures->stack.now;
#ifdef mxInstrument
	if (the->stackPeak && the->stackPeak < the->stack)
		figures->stack.peak = (size_t)((char *)the->stackTop - (char *)the->stackPeak);
#endif
	figures->stack.size = (size_t)((char *)the->stackTop - (char *)the->stackBottom);
}
