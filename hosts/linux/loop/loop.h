/* SPDX-License-Identifier: Apache-2.0
 *
 * The event loop of the Linux host: file descriptors by epoll, deferred calls, one-shot deadlines.
 * One loop per process, one thread; only loop_stop may be called from a signal handler or another thread.
 * It knows nothing of the script engine. Source: epoll(7), eventfd(2), clock_gettime(2).
 */

#ifndef UPGATE_LOOP_H
#define UPGATE_LOOP_H

#include <stdint.h>

/* Most callbacks of one kind in one turn; what is left runs in the next turn. */
#define LOOP_EVENTS_PER_TURN 32
#define LOOP_TIMERS_PER_TURN 32
#define LOOP_DEFERRED_PER_TURN 32
/* Most deadlines that may be set at a time. */
#define LOOP_TIMERS_MAX 65536

typedef struct loop loop_t;
typedef struct loop_watch loop_watch_t;
typedef struct loop_deferred loop_deferred_t;
typedef struct loop_timer loop_timer_t;

typedef void (*loop_io_fn)(void *ctx, uint32_t events);
typedef void (*loop_fn)(void *ctx);

/* The loop of this process, made at the first call; NULL when the system refuses one. All calls below use it. From then on
 * SIGPIPE is ignored: a write to a closed pipe or socket gives EPIPE. */
loop_t *loop_default(void);

/* Calls fn once per turn while any of the epoll events (EPOLLIN, EPOLLOUT, ...) holds; level-triggered. EPOLLERR and
 * EPOLLHUP are always reported: unwatch then, or the loop spins. Returns 0 or a negative errno; -EPERM for what epoll does
 * not take (regular files, /dev/null). On failure *out is NULL. */
int loop_watch(int fd, uint32_t epoll_events, loop_io_fn fn, void *ctx, loop_watch_t **out);
/* Changes the events; nothing happens when they are the same. Returns 0 or a negative errno. */
int loop_modify(loop_watch_t *watch, uint32_t epoll_events);
/* Ends the watch; fn is not called again, not even for events already gathered. Call before closing the descriptor. */
void loop_unwatch(loop_watch_t *watch);

/* Calls fn once in the next turn, in order of the loop_defer calls. *handle ends when fn starts or at cancel; handle may be
 * NULL. Returns 0 or -ENOMEM. */
int loop_defer(loop_fn fn, void *ctx, loop_deferred_t **handle);
void loop_defer_cancel(loop_deferred_t *handle);

/* Calls fn once when loop_now() >= due_ms; same due times fire in the order set. *handle ends when fn starts or at cancel.
 * Returns 0 or -ENOMEM. */
int loop_timer_set(uint64_t due_ms, loop_fn fn, void *ctx, loop_timer_t **handle);
/* The same for one that is set again and again: it keeps its place, which loop_timer_order gave it at first. */
int loop_timer_set_ordered(uint64_t due_ms, uint64_t order, loop_fn fn, void *ctx, loop_timer_t **handle);
/* The place among deadlines of the same due time, behind all given so far. */
uint64_t loop_timer_order(void);
void loop_timer_cancel(loop_timer_t *handle);

/* Milliseconds since the loop was made, never going back, multiplied by the time scale. */
uint64_t loop_now(void);
/* The same in microseconds. */
uint64_t loop_now_us(void);
/* Lets time run `scale` times as fast from now on; ignored unless 0.001 <= scale <= 1e6. */
void loop_set_time_scale(double scale);
double loop_time_scale(void);
/* For tests: from now on time stands still while anything happens, and jumps to the next deadline once neither a descriptor was ready nor
 * loop_stir was called for quiet_ms real milliseconds (0: peers are all in this process). Cannot be undone. */
void loop_set_virtual_time(unsigned quiet_ms);
/* Something was sent, and an answer may come: with virtual time the quiet begins anew. */
void loop_stir(void);

/* fn(ctx) is called after each callback (the place for promise jobs); NULL for none. */
void loop_set_after_callback(loop_fn fn, void *ctx);

/* One turn: waits for at most timeout_ms_max real milliseconds (negative: no limit), then runs what is due.
 * Returns the number of callbacks run, 0 after a signal or timeout, -1 once stopped, other negative errno when epoll fails. */
int loop_run_once(int timeout_ms_max);
/* Turns so far: two callbacks that see one number ran without a look at descriptors and time between them. */
uint64_t loop_turn(void);
/* Makes the running turn end after the present callback, and all later turns return -1. Safe in signal handlers. */
void loop_stop(void);

#endif
