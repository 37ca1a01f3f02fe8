// SPDX-License-Identifier: Apache-2.0
//
// Timers over the event loop. The timer object stays alive until it fires for the last time or is cleared. A repeating timer
// does not drift: the next due time counts from the last one; a late loop makes up for up to CATCH_UP_MAX of them. Timers of
// the same due time fire in the order they were made, also repeating ones. That the callback is a function shows when it
// is called, as on the chip. Source: Moddable SDK 8.2.3, documentation/base/base.md, modules/base/timer.

#include "xsmc.h"
#include "mc.xs.h"

#include <stdint.h>
#include <time.h>

#include "../loop/loop.h"

#define INTERVAL_MAX 0x7FFFFFFF
/* The chip makes up for all; in scaled time that could be without end. */
#define CATCH_UP_MAX 8

typedef struct {
	xsMachine *the;
	xsSlot self;
	xsSlot callback;
	loop_timer_t *handle;
	uint64_t due;
	uint64_t order;
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
	if (loop_timer_set_ordered(timer->due, timer->order, timer_fire, timer, &timer->handle))
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
	if (timer->due + (uint64_t)timer->repeat * CATCH_UP_MAX < now)
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

static void need_arguments(xsMachine *the, int count)
{
	if (xsmcArgc < count)
		xsSyntaxError("argument missing");
}

static void timer_make(xsMachine *the, int interval, int repeat)
{
	timer_record *timer = c_calloc(1, sizeof(timer_record));
	if (!timer)
		xsUnknownError("no memory");
	timer->the = the;
	timer->callback = xsArg(0);
	timer->repeat = repeat;
	timer->due = loop_now() + (uint64_t)interval;
	timer->order = loop_timer_order();
	xsResult = xsNewHostObject(NULL);
	timer->self = xsResult;
	xsmcSetHostData(timer->self, timer);
	xsSetHostHooks(timer->self, (xsHostHooks *)&timer_hooks);
	xsRemember(timer->self);
	timer_arm(timer);
}

void xs_timer_set(xsMachine *the)
{
	need_arguments(the, 1);
	timer_make(the, interval_argument(the, 1), interval_argument(the, 2));
}

void xs_timer_repeat(xsMachine *the)
{
	need_arguments(the, 2);
	int interval = interval_argument(the, 1);
	timer_make(the, interval, interval);
}

void xs_timer_schedule(xsMachine *the)
{
	need_arguments(the, 1);
	timer_record *timer = xsmcGetHostDataValidate(xsArg(0), (void *)&timer_hooks);
	if (!timer || timer->cleared)
		xsSyntaxError("invalid timer");
	/* All arguments first: a bad one leaves the timer as it was. */
	int interval = interval_argument(the, 1);
	int repeat = interval_argument(the, 2);
	if (timer->handle) {
		loop_timer_cancel(timer->handle);
		timer->handle = NULL;
	}
	timer->kept = xsmcArgc < 2;
	if (timer->kept)
		return;
	timer->repeat = repeat;
	timer->due = loop_now() + (uint64_t)interval;
	timer_arm(timer);
}

/* The record of argument 0, NULL for whatever is no live timer. */
static timer_record *timer_argument(xsMachine *the)
{
	timer_record *volatile timer = NULL;
	if ((xsmcArgc < 1) || (xsmcTypeOf(xsArg(0)) != xsReferenceType))
		return NULL;
	{
		/* The engine has no test of an object's kind that does not throw. */
		xsTry {
			timer = xsmcGetHostDataValidate(xsArg(0), (void *)&timer_hooks);
		}
		xsCatch {
		}
	}
	return timer;
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
	need_arguments(the, 1);
	int interval = interval_argument(the, 0);
	struct timespec time = {.tv_sec = interval / 1000, .tv_nsec = (interval % 1000) * 1000000L};
	nanosleep(&time, NULL);
}
