/* SPDX-License-Identifier: Apache-2.0
 *
 * Between tcp-socket.c (life of a connection, delivery of events) and tcp-stream.c (its data).
 */

#ifndef UPGATE_TCP_STREAM_H
#define UPGATE_TCP_STREAM_H

#include "../loop/loop.h"
#include "tcp-socket.h"

/* Beside the events for the owner: send what is in the output buffer. */
enum { TCP_OUTPUT = 8 };

struct tcp_socket {
	int fd;
	loop_watch_t *watch;
	loop_deferred_t *deferred;
	loop_timer_t *linger;
	tcp_event_fn fn;
	void *owner;
	unsigned interest;
	unsigned pending;
	bool connected;
	bool ended;
	bool broken;
	bool drained;
	int error;
	size_t shown;
	uint8_t *out;
	size_t out_start;
	size_t out_count;
	net_address_t peer;
};

/* Has the pending events delivered in the next turn when the owner wants one. */
void tcp_stream_schedule(tcp_socket_t *s);
/* Notes that the end was seen: no more writes. Input that has arrived can still be read; accepted output goes on unless
 * error, an errno, is set. */
void tcp_stream_end(tcp_socket_t *s, int error);
/* Compares what the kernel holds with what the owner was shown. */
void tcp_stream_check_input(tcp_socket_t *s);
void tcp_stream_flush(tcp_socket_t *s);
/* tcp-socket.c: delivers the pending events. */
void tcp_socket_on_deferred(void *ctx);

#endif
