/* SPDX-License-Identifier: Apache-2.0
 *
 * Between loop.c (descriptors, deferred calls, turns) and loop-time.c (time and deadlines).
 */

#ifndef UPGATE_LOOP_INTERNAL_H
#define UPGATE_LOOP_INTERNAL_H

#include "loop.h"

#include <stdbool.h>
#include <stddef.h>

struct loop {
	int epoll;
	int wake;
	volatile int stopped;
	loop_watch_t *dead;
	bool in_turn;
	uint64_t turn;
	loop_deferred_t *deferred;
	loop_deferred_t **deferred_tail;
	size_t deferred_count;
	loop_timer_t **timers; /* binary heap by (due, order) */
	size_t timer_count;
	size_t timer_capacity;
	uint64_t timer_sequence;
	uint64_t timer_order;
	loop_fn after;
	void *after_ctx;
	double scale;
	uint64_t real_base_us;
	uint64_t scaled_base_us;
	/* Virtual time: scaled_base_us is the time, and nothing but loop_jump moves it. */
	bool virtual_time;
	uint64_t quiet_us;
	uint64_t stirred_us; /* real time of the last input or output */
};

extern loop_t the_loop;

uint64_t loop_real_now_us(void);
/* Real milliseconds to wait in this turn, at most limit; limit < 0: no limit. */
int loop_wait_for(const loop_t *loop, int limit);
/* Virtual time: to the next deadline, if nothing has happened for long enough. */
void loop_jump(loop_t *loop);
/* Runs deadlines that are over; returns how many. */
int loop_run_timers(loop_t *loop);
void loop_after_callback(loop_t *loop);

#endif
