// SPDX-License-Identifier: Apache-2.0
//
// Freezes the root machine as the SDK's linker does for the chip: the built-ins, and every function of the preloaded modules
// with its prototype and properties. What is frozen lives in flash there and needs no place in RAM.

#include "xs-host.h"

static void freeze(txMachine *the, txSlot *instance)
{
	/* A root: making the function below may start a collection. */
	mxPushReference(instance);
	/* THIS */
	mxPushUndefined();
	/* FUNCTION */
	fxNewHostFunction(the, fx_harden, 1, XS_NO_ID, XS_NO_ID);
	mxCall();
	/* ARGUMENT */
	mxPushReference(instance);
	mxRunCount(1);
	mxPop();
	mxPop();
}

static void freeze_stack(txMachine *the, int first, int limit)
{
	for (int i = first; i < limit; i++) {
		txSlot *slot = the->stackTop - 1 - i;
		if (slot->kind == XS_REFERENCE_KIND)
			freeze(the, slot->value.reference);
	}
}

void xs_freeze_builtins(txMachine *the)
{
	mxTry(the) {
		freeze_stack(the, _AggregateError, mxStackIndexCount);
		for (txSlot *heap = the->firstHeap; heap; heap = heap->next) {
			for (txSlot *slot = heap + 1; slot < heap->value.reference; slot++) {
				if ((slot->kind == XS_INSTANCE_KIND) && (slot->flag & XS_CAN_CALL_FLAG))
					freeze(the, slot);
			}
		}
	}
	mxCatch(the) {
		fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
	}
}
