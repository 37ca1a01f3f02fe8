// SPDX-License-Identifier: Apache-2.0
//
// The end of a program that cannot go on: one clear message on the serial line and standard error, then an exit status of
// its own for each cause. The boot loader restarts the gateway.

#include "xs-host.h"

#include "../host.h"

#define FRAMES_SHOWN 12

/* xsEndHost reports before it restores the machine: without this the getter of `stack` would return into the frame that threw. */
static void restore(txMachine *the)
{
	txJump *jump = the->firstJump;
	if (!jump)
		return;
	the->stack = jump->stack;
	the->scope = jump->scope;
	the->frame = jump->frame;
	the->code = jump->code;
}

static void describe_exception(txMachine *the, char *text, size_t size)
{
	text[0] = 0;
	restore(the);
	mxTry(the) {
		mxPushSlot(&mxException);
		if ((the->stack->kind == XS_REFERENCE_KIND) && the->stack->value.reference->next &&
			(the->stack->value.reference->next->kind == XS_ERROR_KIND)) {
			mxDub();
			mxGetID(mxID(_stack));
			fxToString(the, the->stack);
			snprintf(text, size, "%s", the->stack->value.string);
			mxPop();
		} else {
			fxToString(the, the->stack);
			snprintf(text, size, "%s", the->stack->value.string);
		}
		mxPop();
	}
	mxCatch(the) {
		snprintf(text, size, "an exception that cannot be shown");
	}
}

/* Where the program was: file and line of the innermost frames. Allocates nothing, for there is nothing left. */
static void append_frames(txMachine *the, char *text, size_t size)
{
	int count = 0;
	for (txSlot *frame = the->frame; frame && frame->next && (count < FRAMES_SHOWN); frame = frame->next) {
		txSlot *environment = mxFrameToEnvironment(frame);
		if (environment->ID == XS_NO_ID)
			continue;
		size_t used = strlen(text);
		snprintf(text + used, size - used, "\r\n at (%s:%d)", fxGetKeyName(the, environment->ID),
			(int)environment->value.environment.line);
		count++;
	}
}

static void memory_line(txMachine *the, char *text, size_t size)
{
	snprintf(text, size, "chunks %ld of %ld bytes, slots %ld of %ld, stack %ld of %ld", (long)the->currentChunksSize,
		(long)the->maximumChunksSize, (long)the->currentHeapCount, (long)the->maximumHeapCount,
		(long)(the->stackTop - the->stack), (long)(the->stackTop - the->stackBottom));
	append_frames(the, text, size);
}

typedef void (*describe_fn)(txMachine *the, char *text, size_t size);

static const struct {
	int status;
	const char *cause;
	int exit_status;
	describe_fn describe;
} ends[] = {
	{XS_NOT_ENOUGH_MEMORY_EXIT, "memory full", HOST_EXIT_MEMORY, memory_line},
	{XS_NO_MORE_KEYS_EXIT, "identifiers full", HOST_EXIT_MEMORY, memory_line},
	{XS_STACK_OVERFLOW_EXIT, "stack overflow", HOST_EXIT_STACK, memory_line},
	{XS_UNHANDLED_EXCEPTION_EXIT, "unhandled exception", HOST_EXIT_EXCEPTION, describe_exception},
	{XS_UNHANDLED_REJECTION_EXIT, "unhandled rejection", HOST_EXIT_REJECTION, describe_exception},
};

void fxAbort(txMachine *the, int status)
{
	static int aborting;
	char text[2048];
	if (aborting++)
		_exit(HOST_EXIT_FAILURE);
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (ends[i].status == status) {
			(*ends[i].describe)(the, text, sizeof(text));
			host_fatal(ends[i].exit_status, ends[i].cause, text);
		}
	}
	snprintf(text, sizeof(text), "status %d", status);
	host_fatal(HOST_EXIT_FAILURE, "engine failure", text);
}
