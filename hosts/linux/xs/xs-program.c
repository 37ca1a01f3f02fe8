// SPDX-License-Identifier: Apache-2.0
//
// Start of the program as on the chip: a root machine holds the built-ins and the preloaded modules, frozen and shared (on
// the chip the linker puts them into flash); the program runs in a clone of it that has only what it changes in RAM.

#include "xs-host.h"

/* Room for all that the root holds (60,000 slots), so that nothing is collected while it is made: that was most of the time of a start. */
static const txCreation root_creation = {
	.initialChunkSize = 2048 * 1024,
	.incrementalChunkSize = 256 * 1024,
	.initialHeapCount = 72 * 1024,
	.incrementalHeapCount = 16 * 1024,
	.stackCount = 1024,
	.initialKeyCount = 8192,
	.incrementalKeyCount = 256,
	.nameModulo = 127,
	.symbolModulo = 127,
};

static int register_names(txMachine *root)
{
	if (root->keyIndex != xs_name_base) {
		fprintf(stderr, "upgate: linked for %d built-in names, the engine has %d\n", xs_name_base, (int)root->keyIndex);
		return 0;
	}
	const char *name = xs_names;
	for (int i = 0; i < xs_name_count; i++, name += strlen(name) + 1) {
		if (fxNewNameX(root, (txString)name) != (txID)(xs_name_base + i)) {
			fprintf(stderr, "upgate: name %s is not number %d\n", name, xs_name_base + i);
			return 0;
		}
	}
	return 1;
}

/* Leaves the module's default export on the stack, or the module itself when it has none. */
static void import(txMachine *the, const char *specifier)
{
	mxPushStringC((txString)specifier);
	fxAwaitImport(the, XS_IMPORT_DEFAULT);
}

/* The collector of the clone must not take the root's chunks for its own: it follows these kinds, not their _X forms. */
static void pin_slot(txSlot *slot)
{
	switch (slot->kind) {
	case XS_STRING_KIND:
		slot->kind = XS_STRING_X_KIND;
		break;
	case XS_KEY_KIND:
		slot->kind = XS_KEY_X_KIND;
		break;
	case XS_CODE_KIND:
		slot->kind = XS_CODE_X_KIND;
		break;
	case XS_BIGINT_KIND:
		slot->kind = XS_BIGINT_X_KIND;
		break;
	default:
		break;
	}
}

static void pin_chunks(txMachine *root)
{
	for (txSlot *heap = root->firstHeap; heap; heap = heap->next) {
		for (txSlot *slot = heap + 1; slot < heap->value.reference; slot++) {
			pin_slot(slot);
			if (slot->kind == XS_ARRAY_KIND) {
				txIndex length = fxGetIndexSize(root, slot);
				for (txIndex i = 0; i < length; i++)
					pin_slot(slot->value.array.address + i);
			}
		}
	}
	for (txSlot *slot = root->stack; slot < root->stackTop; slot++)
		pin_slot(slot);
}

txMachine *xs_program_start(const txCreation *creation, size_t region_size, const char *name)
{
	txCreation clone_creation = *creation;
	txMachine *root = fxCreateMachine((txCreation *)&root_creation, "root", NULL, XS_NO_ID);
	if (!root || !register_names(root))
		return NULL;
	{
		txMachine *the = fxBeginHost(root);
		mxTry(the) {
			for (int i = 0; i < xs_module_count; i++) {
				if (xs_modules[i].preload) {
					import(the, xs_modules[i].specifier);
					mxPop();
				}
			}
		}
		mxCatch(the) {
			fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
		}
		xs_run_jobs(the);
		xs_freeze_builtins(the);
		fxEndHost(the);
	}
	fxShareMachine(root);
	/* After the last collection of the root: the chunks of pinned slots are not marked any more. */
	pin_chunks(root);

	clone_creation.nameModulo = root_creation.nameModulo;
	clone_creation.symbolModulo = root_creation.symbolModulo;
	native_usage_reset();
	xs_heap_next_region(region_size);
	return fxCloneMachine(&clone_creation, root, (txString)name, NULL);
}

void xs_program_run(txMachine *program, const char *specifier)
{
	txMachine *the = fxBeginHost(program);
	mxTry(the) {
		import(the, specifier);
		txSlot *function = the->stack;
		if (fxIsCallable(the, function)) {
			/* THIS, FUNCTION */
			mxPushUndefined();
			mxPushSlot(function);
			mxCall();
			mxRunCount(0);
			mxPop();
		}
		mxPop();
	}
	mxCatch(the) {
		fxAbort(the, XS_UNHANDLED_EXCEPTION_EXIT);
	}
	fxEndHost(the);
	xs_run_jobs(program);
}

void fxQueuePromiseJobs(txMachine *the)
{
	the->promiseJobs = 1;
}

void xs_run_jobs(txMachine *the)
{
	while (the->promiseJobs) {
		the->promiseJobs = 0;
		fxRunPromiseJobs(the);
	}
	fxEndJob(the);
	if (mxUnhandledPromises.kind == XS_REFERENCE_KIND)
		fxCheckUnhandledRejections(the, 1);
}
