/* SPDX-License-Identifier: Apache-2.0
 *
 * The event loop of the Linux host. A turn runs deferred calls, then deadlines, then descriptors, each kind bounded, so
 * that none starves the others. Handles ended while a turn runs are freed when it is over.
 * Sources: epoll(7), eventfd(2), clock_gettime(2). Leaves out: several loops, threads, edge-triggered watches.
 */

#include "loop-internal.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct loop_watch {
	int fd;
	uint32_t events;
	loop_io_fn fn;
	void *ctx;
	bool dead;
	loop_watch_t *next_dead;
};

struct loop_deferred {
	loop_fn fn;
	void *ctx;
	loop_deferred_t *next;
};

/* The one loop of the process. */
loop_t the_loop = {.epoll = -1, .wake = -1, .scale = 1};

loop_t *loop_default(void)
{
	loop_t *loop = &the_loop;
	if (loop->epoll >= 0)
		return loop;
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	if (epoll < 0)
		return NULL;
	int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
	if (wake < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, wake, &event) < 0) {
		if (wake >= 0)
			close(wake);
		close(epoll);
		return NULL;
	}
	signal(SIGPIPE, SIG_IGN);
	loop->epoll = epoll;
	loop->wake = wake;
	loop->deferred_tail = &loop->deferred;
	loop->real_base_us = loop_real_now_us();
	return loop;
}

/* Descriptors */

int loop_watch(int fd, uint32_t epoll_events, loop_io_fn fn, void *ctx, loop_watch_t **out)
{
	loop_t *loop = loop_default();
	*out = NULL;
	if (!loop)
		return -EMFILE;
	loop_watch_t *watch = calloc(1, sizeof(*watch));
	if (!watch)
		return -ENOMEM;
	watch->fd = fd;
	watch->events = epoll_events;
	watch->fn = fn;
	watch->ctx = ctx;
	struct epoll_event event = {.events = epoll_events, .data.ptr = watch};
	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
		int error = errno;
		free(watch);
		return -error;
	}
	*out = watch;
	loop_stir();
	return 0;
}

int loop_modify(loop_watch_t *watch, uint32_t epoll_events)
{
	if (watch->events == epoll_events)
		return 0;
	struct epoll_event event = {.events = epoll_events, .data.ptr = watch};
	if (epoll_ctl(the_loop.epoll, EPOLL_CTL_MOD, watch->fd, &event) < 0)
		return -errno;
	watch->events = epoll_events;
	return 0;
}

void loop_unwatch(loop_watch_t *watch)
{
	if (!watch || watch->dead)
		return;
	loop_stir();
	epoll_ctl(the_loop.epoll, EPOLL_CTL_DEL, watch->fd, NULL);
	watch->dead = true;
	if (the_loop.in_turn) {
		watch->next_dead = the_loop.dead;
		the_loop.dead = watch;
	} else
		free(watch);
}

static void free_dead(loop_t *loop)
{
	while (loop->dead) {
		loop_watch_t *watch = loop->dead;
		loop->dead = watch->next_dead;
		free(watch);
	}
}

/* Deferred calls */

int loop_defer(loop_fn fn, void *ctx, loop_deferred_t **handle)
{
	loop_t *loop = loop_default();
	loop_deferred_t *deferred = loop ? calloc(1, sizeof(*deferred)) : NULL;
	if (handle)
		*handle = deferred;
	if (!deferred)
		return -ENOMEM;
	deferred->fn = fn;
	deferred->ctx = ctx;
	*loop->deferred_tail = deferred;
	loop->deferred_tail = &deferred->next;
	loop->deferred_count++;
	return 0;
}

/* Takes a deferred call out of the queue; true when it was there. */
static bool take_deferred(loop_t *loop, loop_deferred_t *deferred)
{
	loop_deferred_t **link = &loop->deferred;
	while (*link && *link != deferred)
		link = &(*link)->next;
	if (!*link)
		return false;
	*link = deferred->next;
	if (!*link)
		loop->deferred_tail = link;
	loop->deferred_count--;
	return true;
}

void loop_defer_cancel(loop_deferred_t *handle)
{
	if (handle && take_deferred(&the_loop, handle))
		free(handle);
}

/* Turns */

void loop_set_after_callback(loop_fn fn, void *ctx)
{
	the_loop.after = fn;
	the_loop.after_ctx = ctx;
}

void loop_after_callback(loop_t *loop)
{
	if (loop->after)
		loop->after(loop->after_ctx);
}

static int run_deferred(loop_t *loop)
{
	/* Calls deferred by these calls wait for the next turn. */
	size_t limit = loop->deferred_count < LOOP_DEFERRED_PER_TURN ? loop->deferred_count : LOOP_DEFERRED_PER_TURN;
	int count = 0;
	while (limit-- > 0 && loop->deferred && !loop->stopped) {
		loop_deferred_t *deferred = loop->deferred;
		loop_deferred_t copy = *deferred;
		take_deferred(loop, deferred);
		free(deferred);
		copy.fn(copy.ctx);
		loop_after_callback(loop);
		count++;
	}
	return count;
}

static int run_events(loop_t *loop, const struct epoll_event *events, int ready)
{
	int count = 0;
	for (int i = 0; i < ready && !loop->stopped; i++) {
		loop_watch_t *watch = events[i].data.ptr;
		if (!watch || watch->dead)
			continue;
		watch->fn(watch->ctx, events[i].events);
		loop_after_callback(loop);
		count++;
	}
	return count;
}

int loop_run_once(int timeout_ms_max)
{
	loop_t *loop = loop_default();
	if (!loop)
		return -EMFILE;
	if (loop->stopped)
		return -1;
	struct epoll_event events[LOOP_EVENTS_PER_TURN];
	int ready = epoll_wait(loop->epoll, events, LOOP_EVENTS_PER_TURN, loop_wait_for(loop, timeout_ms_max));
	if (ready < 0 && errno != EINTR)
		return -errno;
	if (ready > 0)
		loop_stir();
	else if (ready == 0)
		loop_jump(loop);
	loop->in_turn = true;
	loop->turn++;
	int count = run_deferred(loop);
	count += loop_run_timers(loop);
	count += run_events(loop, events, ready);
	loop->in_turn = false;
	free_dead(loop);
	return loop->stopped ? -1 : count;
}

uint64_t loop_turn(void)
{
	return the_loop.turn;
}

void loop_stop(void)
{
	int error = errno;
	uint64_t one = 1;
	the_loop.stopped = 1;
	if (the_loop.wake >= 0 && write(the_loop.wake, &one, sizeof(one)) < 0)
		errno = error;
	errno = error;
}
