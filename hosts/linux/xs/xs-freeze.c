// SPDX-License-Identifier: Apache-2.0
//
// Freezes the root machine as the SDK's linker does for the chip (xslSlot.c, fxPrepareHeap): the built-ins, every function of the preloaded
// modules with its prototype and properties, and the scopes of the modules. What is frozen lives in flash there and needs no place in RAM.

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

static int is_function(txSlot *property)
{
	return (property->kind == XS_CODE_KIND) || (property->kind == XS_CODE_X_KIND) ||
		(property->kind == XS_CALLBACK_KIND);
}

/* With the properties that scripts do not see: whatever can still change in one of them costs each clone an entry of a table. */
static void freeze_all_of(txSlot *instance)
{
	for (txSlot *property = instance->next; property; property = property->next) {
		if (property->kind != XS_ACCESSOR_KIND)
			property->flag |= XS_DONT_SET_FLAG;
		property->flag |= XS_DONT_DELETE_FLAG;
	}
	instance->flag |= XS_DONT_PATCH_FLAG;
}

static void freeze_hidden(txSlot *slot)
{
	txSlot *first = slot->next;
	if ((slot->kind == XS_INSTANCE_KIND) && first && (first->flag & XS_INTERNAL_FLAG)) {
		if (is_function(first) || (first->ID == XS_ENVIRONMENT_BEHAVIOR))
			freeze_all_of(slot);
	} else if (slot->kind == XS_CLOSURE_KIND) {
		txSlot *closure = slot->value.closure;
		if ((closure->kind == XS_REFERENCE_KIND) && closure->value.reference->next &&
			is_function(closure->value.reference->next))
			closure->flag |= XS_DONT_SET_FLAG;
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
		fxCollectGarbage(the);
		for (txSlot *heap = the->firstHeap; heap; heap = heap->next)
			for (txSlot *slot = heap + 1; slot < heap->value.reference; slot++)
				freeze_hidden(slot);
	}
	mxCatch(the) {
		fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
	}
}
