// SPDX-License-Identifier: Apache-2.0
//
// Tests of the event loop (hosts/linux/loop/loop.h), one function each; loop.test.ts compiles and runs this with
// sanitizers. The loop of the process cannot be made anew: each test leaves it empty. Prints "ok TITLE" or "not ok TITLE: LINE".

#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define CHECK(condition) \
	do { \
		if (!(condition)) \
			return __LINE__; \
	} while (0)

enum { MANY = 1000 };

static long order[MANY];
static int count;
static int after;
static loop_timer_t *timers[MANY];
static loop_deferred_t *deferred;
static loop_watch_t *first, *second;

static void note(void *ctx)
{
	order[count++] = (long)ctx;
}

static void count_after(void *ctx)
{
	(void)ctx;
	after++;
}

static int deadlines_fire_in_order(void)
{
	unsigned seed = 1;
	uint64_t now = loop_now();
	count = 0;
	for (int i = 0; i < MANY; i++) {
		seed = seed * 1103515245u + 12345u;
		long delay = (seed >> 16) % 50;
		CHECK(loop_timer_set(now + (uint64_t)delay, note, (void *)delay, &timers[i]) == 0);
	}
	for (int i = 0; i < MANY; i += 3)
		loop_timer_cancel(timers[i]);
	while (count < MANY - 334)
		CHECK(loop_run_once(100) >= 0);
	for (int i = 1; i < count; i++)
		CHECK(order[i - 1] <= order[i]);
	CHECK(loop_run_once(0) == 0);
	return 0;
}

static int equal_deadlines_keep_order_and_turns_are_bounded(void)
{
	int turns = 0;
	count = 0;
	for (long i = 0; i < 100; i++)
		loop_timer_set(0, note, (void *)i, NULL);
	for (; count < 100; turns++)
		CHECK(loop_run_once(0) <= LOOP_TIMERS_PER_TURN);
	for (long i = 0; i < 100; i++)
		CHECK(order[i] == i);
	CHECK(turns == (100 + LOOP_TIMERS_PER_TURN - 1) / LOOP_TIMERS_PER_TURN);
	return 0;
}

static int deadline_set_again_keeps_its_place(void)
{
	uint64_t first = loop_timer_order();
	count = 0;
	loop_timer_set(0, note, (void *)2, NULL);
	loop_timer_set_ordered(0, first, note, (void *)1, NULL);
	loop_timer_set(0, note, (void *)3, NULL);
	CHECK(loop_run_once(0) == 3);
	CHECK(order[0] == 1 && order[1] == 2 && order[2] == 3);
	return 0;
}

static void cancel_timer(void *ctx)
{
	loop_timer_cancel(ctx);
	count++;
}

static int deadline_is_cancelled_in_a_callback(void)
{
	loop_timer_t *timer;
	count = 0;
	loop_timer_set(loop_now() + 2, note, NULL, &timer);
	loop_timer_set(loop_now(), cancel_timer, timer, NULL);
	for (int i = 0; i < 5; i++)
		loop_run_once(5);
	CHECK(count == 1);
	return 0;
}

static void defer_again(void *ctx)
{
	count++;
	loop_defer(defer_again, ctx, &deferred);
}

static int deferred_calls_run_in_the_next_turn(void)
{
	count = after = 0;
	loop_set_after_callback(count_after, NULL);
	loop_defer(defer_again, NULL, &deferred);
	CHECK(count == 0);
	for (int i = 0; i < 10; i++)
		CHECK(loop_run_once(-1) == 1);
	CHECK(count == 10 && after == 10);
	loop_defer_cancel(deferred);
	CHECK(loop_run_once(0) == 0 && count == 10);
	loop_set_after_callback(NULL, NULL);
	return 0;
}

static void set_past(void *ctx)
{
	count++;
	loop_timer_set(0, set_past, ctx, &timers[0]);
}

static int deadline_in_the_past_does_not_starve(void)
{
	count = 0;
	loop_timer_set(0, set_past, NULL, &timers[0]);
	for (int i = 0; i < 5; i++)
		CHECK(loop_run_once(0) == 1);
	loop_timer_cancel(timers[0]);
	CHECK(count == 5);
	return 0;
}

static void end_both(void *ctx, uint32_t events)
{
	(void)ctx, (void)events;
	count++;
	loop_unwatch(first);
	loop_unwatch(second);
}

static int unwatch_holds_for_events_already_gathered(void)
{
	int ends[2];
	CHECK(pipe(ends) == 0);
	int copy = dup(ends[0]);
	count = 0;
	CHECK(loop_watch(ends[0], EPOLLIN, end_both, NULL, &first) == 0);
	CHECK(loop_watch(copy, EPOLLIN, end_both, NULL, &second) == 0);
	CHECK(write(ends[1], "x", 1) == 1);
	CHECK(loop_run_once(100) == 1 && count == 1);
	CHECK(loop_run_once(0) == 0);
	close(copy);
	close(ends[0]);
	CHECK(write(ends[1], "x", 1) < 0 && errno == EPIPE);
	close(ends[1]);
	return 0;
}

static int watch_reports_what_epoll_refuses(void)
{
	int null = open("/dev/null", O_RDWR);
	CHECK(loop_watch(null, EPOLLIN, end_both, NULL, &first) == -EPERM && first == NULL);
	close(null);
	CHECK(loop_watch(9999, EPOLLIN, end_both, NULL, &first) == -EBADF && first == NULL);
	return 0;
}

static int time_runs_by_its_scale(void)
{
	struct timespec start, end;
	loop_set_time_scale(100);
	loop_set_time_scale(0);
	CHECK(loop_time_scale() == 100);
	count = 0;
	clock_gettime(CLOCK_MONOTONIC, &start);
	clock_t used = clock();
	uint64_t before = loop_now();
	loop_timer_set(before + 20000, note, NULL, NULL);
	while (!count)
		CHECK(loop_run_once(-1) >= 0);
	CHECK(loop_now() >= before + 20000);
	clock_gettime(CLOCK_MONOTONIC, &end);
	double ms = (double)(end.tv_sec - start.tv_sec) * 1e3 + (double)(end.tv_nsec - start.tv_nsec) / 1e6;
	CHECK(ms >= 199 && clock() - used < CLOCKS_PER_SEC / 10);
	loop_set_time_scale(1);
	return 0;
}

static double real_ms_since(const struct timespec *start)
{
	struct timespec end;
	clock_gettime(CLOCK_MONOTONIC, &end);
	return (double)(end.tv_sec - start->tv_sec) * 1e3 + (double)(end.tv_nsec - start->tv_nsec) / 1e6;
}

static void read_byte(void *ctx, uint32_t events)
{
	char byte;
	(void)events;
	if (read((int)(long)ctx, &byte, 1) == 1)
		note((void *)-1L);
}

static int virtual_time_jumps_when_nothing_happens(void)
{
	struct timespec start;
	int ends[2];
	CHECK(pipe(ends) == 0);
	CHECK(loop_watch(ends[0], EPOLLIN, read_byte, (void *)(long)ends[0], &first) == 0);
	loop_set_virtual_time(50);
	uint64_t before = loop_now();
	count = 0;
	loop_timer_set(before + 86400000, note, (void *)2, NULL);
	loop_timer_set(before + 3600000, note, (void *)1, NULL);
	/* What is ready comes first, and time stands still for it. */
	CHECK(write(ends[1], "x", 1) == 1);
	CHECK(loop_run_once(-1) == 1 && order[0] == -1 && loop_now() == before);
	clock_gettime(CLOCK_MONOTONIC, &start);
	CHECK(loop_run_once(1) == 0 && loop_now() == before);
	CHECK(loop_run_once(-1) == 1 && order[1] == 1 && loop_now() == before + 3600000);
	CHECK(real_ms_since(&start) >= 49);
	/* Nothing has happened since: no wait. */
	clock_gettime(CLOCK_MONOTONIC, &start);
	CHECK(loop_run_once(-1) == 1 && order[2] == 2 && loop_now() == before + 86400000);
	/* Whoever has sent something gives the answer time. */
	loop_timer_set(loop_now() + 1000, note, (void *)3, NULL);
	loop_stir();
	clock_gettime(CLOCK_MONOTONIC, &start);
	CHECK(loop_run_once(-1) == 1 && order[3] == 3 && real_ms_since(&start) >= 49);
	loop_unwatch(first);
	close(ends[0]);
	close(ends[1]);
	return 0;
}

static int stop_is_final(void)
{
	count = 0;
	loop_defer(note, NULL, &deferred);
	loop_stop();
	CHECK(loop_run_once(-1) == -1 && loop_run_once(0) == -1 && count == 0);
	loop_defer_cancel(deferred);
	return 0;
}

static const struct {
	const char *title;
	int (*run)(void);
} tests[] = {
	{"deadlines fire in order, cancelled ones do not", deadlines_fire_in_order},
	{"equal deadlines keep their order, and a turn runs a bounded number",
		equal_deadlines_keep_order_and_turns_are_bounded},
	{"a deadline set again keeps its place", deadline_set_again_keeps_its_place},
	{"a callback may cancel another deadline", deadline_is_cancelled_in_a_callback},
	{"deferred calls run in the next turn, each followed by the hook", deferred_calls_run_in_the_next_turn},
	{"a deadline in the past does not starve the loop", deadline_in_the_past_does_not_starve},
	{"unwatch holds for events already gathered", unwatch_holds_for_events_already_gathered},
	{"loop_watch reports what epoll refuses", watch_reports_what_epoll_refuses},
	{"time runs by its scale, without spinning", time_runs_by_its_scale},
	{"virtual time stands still while something happens, then jumps", virtual_time_jumps_when_nothing_happens},
	{"loop_stop is final", stop_is_final},
};

int main(void)
{
	int failed = 0;
	if (!loop_default())
		return 2;
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		int line = tests[i].run();
		if (line)
			printf("not ok %s: %d\n", tests[i].title, line);
		else
			printf("ok %s\n", tests[i].title);
		failed |= line;
	}
	return failed != 0;
}
