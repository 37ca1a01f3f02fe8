/* SPDX-License-Identifier: Apache-2.0
 *
 * One TCP connection on the event loop. The descriptor is watched edge-triggered, once, for its whole life: input that the
 * program leaves unread does not wake the loop again, as on a device where only arriving segments raise an event.
 *
 *   connecting -> ready -> ended (peer's FIN, reset or failure seen) -> told (all input read, TCP_FAILED delivered)
 *
 * After close a connection with unsent output lingers without owner until it is sent or TCP_LINGER_MS are over.
 */

#include "tcp-stream.h"

#include "io-memory.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <unistd.h>

static void on_event(void *ctx, uint32_t events);

static void destroy(tcp_socket_t *s)
{
	loop_unwatch(s->watch);
	loop_defer_cancel(s->deferred);
	loop_timer_cancel(s->linger);
	if (s->fd >= 0)
		close(s->fd);
	native_free(s->out);
	native_free(s);
}

static bool takes_place(const tcp_socket_t *s, unsigned event)
{
	if (event == TCP_READABLE)
		return s->shown > 0;
	if (event == TCP_WRITABLE)
		return tcp_socket_ready(s) && tcp_socket_space(s) > 0;
	return s->drained;
}

/* Tells the owner of one event and leaves the others to the next turn, so that promise jobs run between callbacks. */
static void deliver(tcp_socket_t *s)
{
	static const unsigned order[] = {TCP_READABLE, TCP_FAILED, TCP_WRITABLE};
	if (s->pending & TCP_OUTPUT) {
		s->pending &= ~(unsigned)TCP_OUTPUT;
		tcp_stream_flush(s);
		if (s->broken)
			tcp_stream_check_input(s);
	}
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		unsigned event = order[i];
		bool pending = (s->pending & event) != 0;
		s->pending &= ~event;
		if (!pending || !(s->interest & event) || !takes_place(s, event))
			continue;
		tcp_stream_schedule(s);
		s->fn(s->owner, event);
		return;
	}
}

void tcp_socket_on_deferred(void *ctx)
{
	tcp_socket_t *s = ctx;
	s->deferred = NULL;
	deliver(s);
}

static void finish_connect(tcp_socket_t *s, uint32_t events)
{
	int error = 0;
	socklen_t length = sizeof(error);
	if (!(events & (EPOLLOUT | EPOLLERR | EPOLLHUP)))
		return;
	if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0)
		error = errno;
	if (!error && (events & EPOLLHUP) && !(events & EPOLLRDHUP))
		error = ECONNREFUSED;
	if (error) {
		tcp_stream_end(s, error);
		return;
	}
	s->connected = true;
	s->pending |= TCP_WRITABLE;
}

static void on_event(void *ctx, uint32_t events)
{
	tcp_socket_t *s = ctx;
	if (!s->connected)
		finish_connect(s, events);
	if (s->connected) {
		if (events & EPOLLOUT)
			tcp_stream_flush(s);
		if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
			if (s->owner)
				tcp_stream_end(s, 0);
			else if (events & (EPOLLHUP | EPOLLERR))
				tcp_stream_end(s, ECONNRESET);
		}
	}
	if (s->owner) {
		tcp_stream_check_input(s);
		deliver(s);
	} else if (s->linger && (s->broken || !s->out_count))
		destroy(s);
}

static tcp_socket_t *create(int fd, const net_address_t *peer)
{
	tcp_socket_t *s = native_calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->fd = fd;
	s->peer = *peer;
	return s;
}

static int watch(tcp_socket_t *s)
{
	return loop_watch(s->fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, on_event, s, &s->watch);
}

tcp_socket_t *tcp_socket_connect(const net_address_t *peer)
{
	int family;
	int fd = net_socket(SOCK_STREAM, peer, &family);
	if (fd < 0)
		return NULL;
	tcp_socket_t *s = create(fd, peer);
	if (!s) {
		close(fd);
		errno = ENOMEM;
		return NULL;
	}
	/* Watched after connect: an unconnected socket reports a hang-up. */
	int error = connect(fd, &peer->any, net_address_length(peer)) < 0 && errno != EINPROGRESS ? errno : -watch(s);
	if (error) {
		tcp_stream_end(s, error);
		tcp_stream_check_input(s);
	}
	return s;
}

tcp_socket_t *tcp_socket_adopt(int fd, const net_address_t *peer)
{
	tcp_socket_t *s = create(fd, peer);
	if (!s) {
		close(fd);
		return NULL;
	}
	s->connected = true;
	s->pending = TCP_WRITABLE;
	int error = -watch(s);
	if (error)
		tcp_stream_end(s, error);
	return s;
}

void tcp_socket_own(tcp_socket_t *s, tcp_event_fn fn, void *owner, unsigned interest)
{
	s->fn = fn;
	s->owner = owner;
	s->interest = interest;
	tcp_stream_check_input(s);
	if (s->shown)
		s->pending |= TCP_READABLE;
	if (tcp_socket_ready(s))
		s->pending |= TCP_WRITABLE;
	if (s->drained)
		s->pending |= TCP_FAILED;
	tcp_stream_schedule(s);
}

static void on_linger(void *ctx)
{
	tcp_socket_t *s = ctx;
	s->linger = NULL;
	destroy(s);
}

void tcp_socket_close(tcp_socket_t *s)
{
	s->owner = NULL;
	s->interest = 0;
	tcp_stream_flush(s);
	uint64_t wait = (uint64_t)(TCP_LINGER_MS * loop_time_scale());
	if (!s->connected || s->broken || !s->out_count || loop_timer_set(loop_now() + wait, on_linger, s, &s->linger) < 0)
		destroy(s);
}

int tcp_socket_nodelay(tcp_socket_t *s, bool on)
{
	int value = on;
	return setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &value, sizeof(value)) < 0 ? -errno : 0;
}
