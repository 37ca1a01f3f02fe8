// SPDX-License-Identifier: Apache-2.0
//
// Timers over the event loop. The timer object stays alive until it fires for the last time or is cleared. A repeating timer
// does not drift: the next due time counts from the last one, unless the loop is more than one interval late.

#include "xsmc.h"
#include "mc.xs.h"

#include <stdint.h>
#include <time.h>

#include "../loop/loop.h"

/* In the engine, but not in its xs.h. */
extern void *fxGetHostDataIf(xsMachine *the, xsSlot *slot);

#define INTERVAL_MAX 0x7FFFFFFF

typedef struct {
	xsMachine *the;
	xsSlot self;
	xsSlot callback;
	loop_timer_t *handle;
	uint64_t due;
	int repeat;
	/* Inside the callback: clear must not free. */
	int firing;
	int cleared;
	/* Unscheduled by `schedule` without an interval, not over. */
	int kept;
} timer_record;

static void timer_destructor(void *data)
{
	timer_record *timer = data;
	if (!timer)
		return;
	if (timer->handle)
		loop_timer_cancel(timer->handle);
	c_free(timer);
}

static void timer_mark(xsMachine *the, void *data, xsMarkRoot mark)
{
	timer_record *timer = data;
	(*mark)(the, &timer->callback);
}

static const xsHostHooks timer_hooks = {timer_destructor, timer_mark, NULL};

static void timer_fire(void *context);

static void timer_release(timer_record *timer)
{
	xsMachine *the = timer->the;
	xsForget(timer->self);
	xsmcSetHostData(timer->self, NULL);
	timer_destructor(timer);
}

static void timer_arm(timer_record *timer)
{
	xsMachine *the = timer->the;
	if (loop_timer_set(timer->due, timer_fire, timer, &timer->handle))
		xsUnknownError("too many timers");
}

static void timer_fire(void *context)
{
	timer_record *timer = context;
	timer->handle = NULL;
	timer->firing = 1;
	timer->kept = 0;
	xsBeginHost(timer->the);
	xsCallFunction1(timer->callback, xsGlobal, timer->self);
	xsEndHost(timer->the);
	timer->firing = 0;
	if (timer->cleared) {
		timer_destructor(timer);
		return;
	}
	if (timer->handle || timer->kept)
		return; /* scheduled again, or unscheduled, by the callback */
	if (timer->repeat <= 0) {
		timer_release(timer);
		return;
	}
	uint64_t now = loop_now();
	timer->due += (uint64_t)timer->repeat;
	if (timer->due < now)
		timer->due = now;
	xsBeginHost(timer->the);
	timer_arm(timer);
	xsEndHost(timer->the);
}

/* Milliseconds of argument `index`; 0 when absent, never negative. */
static int interval_argument(xsMachine *the, int index)
{
	if (xsmcArgc <= index)
		return 0;
	if (xsmcTypeOf(xsArg(index)) == xsUndefinedType)
		return 0;
	xsNumberValue value = xsmcToNumber(xsArg(index));
	if (!(value > 0))
		return 0;
	return (value > INTERVAL_MAX) ? INTERVAL_MAX : (int)value;
}

static void timer_make(xsMachine *the, int interval, int repeat)
{
	if ((xsmcArgc < 1) || !xsmcIsCallable(xsArg(0)))
		xsTypeError("callback is no function");
	timer_record *timer = c_calloc(1, sizeof(timer_record));
	if (!timer)
		xsUnknownError("no memory");
	timer->the = the;
	timer->callback = xsArg(0);
	timer->repeat = repeat;
	timer->due = loop_now() + (uint64_t)interval;
	xsResult = xsNewHostObject(NULL);
	timer->self = xsResult;
	xsmcSetHostData(timer->self, timer);
	xsSetHostHooks(timer->self, (xsHostHooks *)&timer_hooks);
	xsRemember(timer->self);
	timer_arm(timer);
}

void xs_timer_set(xsMachine *the)
{
	timer_make(the, interval_argument(the, 1), interval_argument(the, 2));
}

void xs_timer_repeat(xsMachine *the)
{
	int interval = interval_argument(the, 1);
	timer_make(the, interval, interval);
}

/* The record of argument 0, NULL when it is no live timer. */
static timer_record *timer_argument(xsMachine *the)
{
	if ((xsmcArgc < 1) || (xsmcTypeOf(xsArg(0)) != xsReferenceType))
		return NULL;
	timer_record *timer = fxGetHostDataIf(the, &xsArg(0));
	return (timer && (xsGetHostHooks(xsArg(0)) == &timer_hooks)) ? timer : NULL;
}

void xs_timer_schedule(xsMachine *the)
{
	timer_record *timer = timer_argument(the);
	if (!timer || timer->cleared)
		xsTypeError("invalid timer");
	if (timer->handle) {
		loop_timer_cancel(timer->handle);
		timer->handle = NULL;
	}
	timer->kept = xsmcArgc < 2;
	if (timer->kept)
		return;
	timer->repeat = interval_argument(the, 2);
	timer->due = loop_now() + (uint64_t)interval_argument(the, 1);
	timer_arm(timer);
}

void xs_timer_clear(xsMachine *the)
{
	timer_record *timer = timer_argument(the);
	if (!timer || timer->cleared)
		return;
	if (!timer->firing) {
		timer_release(timer);
		return;
	}
	if (timer->handle) {
		loop_timer_cancel(timer->handle);
		timer->handle = NULL;
	}
	timer->cleared = 1;
	xsForget(timer->self);
	xsmcSetHostData(timer->self, NULL);
}

void xs_timer_delay(xsMachine *the)
{
	int interval = interval_argument(the, 0);
	struct timespec time = {.tv_sec = interval / 1000, .tv_nsec = (interval % 1000) * 1000000L};
	nanosleep(&time, NULL);
}
