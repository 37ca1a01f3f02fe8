/* SPDX-License-Identifier: Apache-2.0
 *
 * Time and deadlines of the event loop: a monotonic clock with a scale, deadlines in a binary heap.
 * Source: clock_gettime(2).
 */

#include "loop-internal.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <time.h>

struct loop_timer {
	uint64_t due;
	uint64_t order;
	/* Of the call that set it, to tell in which turn that was. */
	uint64_t sequence;
	loop_fn fn;
	void *ctx;
	size_t index;
};

uint64_t loop_real_now_us(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

/* Deadlines */

static bool earlier(const loop_timer_t *a, const loop_timer_t *b)
{
	return a->due < b->due || (a->due == b->due && a->order < b->order);
}

static void place(loop_t *loop, loop_timer_t *timer, size_t index)
{
	loop->timers[index] = timer;
	timer->index = index;
}

static void sift_up(loop_t *loop, loop_timer_t *timer, size_t index)
{
	while (index > 0 && earlier(timer, loop->timers[(index - 1) / 2])) {
		place(loop, loop->timers[(index - 1) / 2], index);
		index = (index - 1) / 2;
	}
	place(loop, timer, index);
}

static void sift_down(loop_t *loop, loop_timer_t *timer, size_t index)
{
	for (;;) {
		size_t child = 2 * index + 1;
		if (child >= loop->timer_count)
			break;
		if (child + 1 < loop->timer_count && earlier(loop->timers[child + 1], loop->timers[child]))
			child++;
		if (!earlier(loop->timers[child], timer))
			break;
		place(loop, loop->timers[child], index);
		index = child;
	}
	place(loop, timer, index);
}

static bool grow_timers(loop_t *loop)
{
	if (loop->timer_count < loop->timer_capacity)
		return true;
	size_t capacity = loop->timer_capacity ? loop->timer_capacity * 2 : 16;
	if (capacity > LOOP_TIMERS_MAX)
		return false;
	loop_timer_t **timers = realloc(loop->timers, capacity * sizeof(*timers));
	if (!timers)
		return false;
	loop->timers = timers;
	loop->timer_capacity = capacity;
	return true;
}

uint64_t loop_timer_order(void)
{
	return the_loop.timer_order++;
}

int loop_timer_set(uint64_t due_ms, loop_fn fn, void *ctx, loop_timer_t **handle)
{
	return loop_timer_set_ordered(due_ms, loop_timer_order(), fn, ctx, handle);
}

int loop_timer_set_ordered(uint64_t due_ms, uint64_t order, loop_fn fn, void *ctx, loop_timer_t **handle)
{
	loop_t *loop = loop_default();
	if (handle)
		*handle = NULL;
	if (!loop || !grow_timers(loop))
		return -ENOMEM;
	loop_timer_t *timer = calloc(1, sizeof(*timer));
	if (!timer)
		return -ENOMEM;
	timer->due = due_ms;
	timer->order = order;
	timer->sequence = loop->timer_sequence++;
	timer->fn = fn;
	timer->ctx = ctx;
	sift_up(loop, timer, loop->timer_count++);
	if (handle)
		*handle = timer;
	return 0;
}

static void remove_timer(loop_t *loop, loop_timer_t *timer)
{
	size_t index = timer->index;
	loop_timer_t *last = loop->timers[--loop->timer_count];
	if (last == timer)
		return;
	if (index > 0 && earlier(last, loop->timers[(index - 1) / 2]))
		sift_up(loop, last, index);
	else
		sift_down(loop, last, index);
}

void loop_timer_cancel(loop_timer_t *handle)
{
	if (!handle)
		return;
	remove_timer(&the_loop, handle);
	free(handle);
}

/* Time */

uint64_t loop_now_us(void)
{
	loop_t *loop = loop_default();
	if (!loop)
		return 0;
	if (loop->virtual_time)
		return loop->scaled_base_us;
	uint64_t elapsed = loop_real_now_us() - loop->real_base_us;
	if (loop->scale != 1)
		elapsed = (uint64_t)((double)elapsed * loop->scale);
	return loop->scaled_base_us + elapsed;
}

uint64_t loop_now(void)
{
	return loop_now_us() / 1000u;
}

void loop_set_time_scale(double scale)
{
	if (!(scale >= 0.001 && scale <= 1e6))
		return;
	loop_t *loop = loop_default();
	if (!loop)
		return;
	loop->scaled_base_us = loop_now_us();
	loop->real_base_us = loop_real_now_us();
	loop->scale = scale;
}

double loop_time_scale(void)
{
	return the_loop.scale;
}

/* Virtual time */

void loop_set_virtual_time(unsigned quiet_ms)
{
	loop_t *loop = loop_default();
	if (!loop)
		return;
	loop->scaled_base_us = loop_now_us();
	loop->virtual_time = true;
	loop->quiet_us = quiet_ms * 1000u;
	loop_stir();
}

void loop_stir(void)
{
	if (the_loop.virtual_time && the_loop.quiet_us)
		the_loop.stirred_us = loop_real_now_us();
}

/* Real microseconds until time may jump. */
static uint64_t quiet_left(const loop_t *loop)
{
	uint64_t passed = loop->quiet_us ? loop_real_now_us() - loop->stirred_us : 0;
	return passed < loop->quiet_us ? loop->quiet_us - passed : 0;
}

static uint64_t next_due_us(const loop_t *loop)
{
	return loop->timers[0]->due > UINT64_MAX / 1000u ? UINT64_MAX : loop->timers[0]->due * 1000u;
}

void loop_jump(loop_t *loop)
{
	if (!loop->virtual_time || loop->deferred || !loop->timer_count || quiet_left(loop))
		return;
	uint64_t due = next_due_us(loop);
	if (due > loop->scaled_base_us)
		loop->scaled_base_us = due;
}

/* Turns */

/* Rounded up so that the loop does not wake too early and spin. */
int loop_wait_for(const loop_t *loop, int limit)
{
	if (loop->deferred)
		return 0;
	if (!loop->timer_count)
		return limit;
	uint64_t now = loop_now_us();
	uint64_t due = next_due_us(loop);
	if (due <= now)
		return 0;
	double real_us = loop->virtual_time ? (double)quiet_left(loop) : (double)(due - now) / loop->scale;
	double wait = real_us / 1000.0 + 0.999;
	int wait_ms = wait > INT_MAX - 1 ? INT_MAX - 1 : (int)wait;
	return limit < 0 || wait_ms < limit ? wait_ms : limit;
}

int loop_run_timers(loop_t *loop)
{
	uint64_t now = loop_now();
	uint64_t first_new = loop->timer_sequence;
	int count = 0;
	while (loop->timer_count && count < LOOP_TIMERS_PER_TURN && !loop->stopped) {
		loop_timer_t *timer = loop->timers[0];
		/* A deadline set by one of these callbacks, even in the past, waits for the next turn. */
		if (timer->due > now || timer->sequence >= first_new)
			break;
		loop_timer_t copy = *timer;
		loop_timer_cancel(timer);
		copy.fn(copy.ctx);
		loop_after_callback(loop);
		count++;
	}
	return count;
}
