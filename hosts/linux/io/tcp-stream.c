/* SPDX-License-Identifier: Apache-2.0
 *
 * The data of a TCP connection: what the kernel holds and the owner was shown, the output buffer, the end of the stream.
 * Sources: tcp(7), recv(2), send(2).
 */

#include "tcp-stream.h"

#include "io-input.h"
#include "io-memory.h"

#include <errno.h>
#include <string.h>

void tcp_stream_schedule(tcp_socket_t *s)
{
	unsigned wanted = s->pending & (s->interest | TCP_OUTPUT);
	if (wanted && !s->deferred)
		loop_defer(tcp_socket_on_deferred, s, &s->deferred);
}

void tcp_stream_end(tcp_socket_t *s, int error)
{
	if (!s->error)
		s->error = error;
	s->ended = true;
	if (!error)
		return;
	s->broken = true;
	s->out_count = 0;
}

static void drained(tcp_socket_t *s, int error)
{
	if (!s->error)
		s->error = error;
	s->drained = true;
	s->pending |= TCP_FAILED;
}

void tcp_stream_check_input(tcp_socket_t *s)
{
	if (!s->connected) {
		if (s->ended && !s->drained)
			drained(s, s->error);
		return;
	}
	size_t bytes = io_input_waiting(s->fd, TCP_READ_LIMIT);
	if (bytes > s->shown) {
		s->shown = bytes;
		s->pending |= TCP_READABLE;
	}
	if (!s->ended || bytes || s->drained)
		return;
	s->shown = 0;
	char byte;
	ssize_t count = recv(s->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	if (count > 0)
		return;
	drained(s, count == 0 || errno == EAGAIN ? 0 : errno);
}

void tcp_stream_flush(tcp_socket_t *s)
{
	bool progress = false;
	while (s->out_count > 0 && !s->broken && s->connected) {
		ssize_t count = send(s->fd, s->out + s->out_start, s->out_count, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0 && errno == EAGAIN)
			break;
		if (count < 0) {
			tcp_stream_end(s, errno);
			break;
		}
		s->out_start += (size_t)count;
		s->out_count -= (size_t)count;
		progress = true;
	}
	if (progress) {
		s->pending |= TCP_WRITABLE;
		loop_stir();
	}
	if (!s->out_count) {
		native_free(s->out);
		s->out = NULL;
		s->out_start = 0;
	}
}

const net_address_t *tcp_socket_peer(const tcp_socket_t *s)
{
	return &s->peer;
}

bool tcp_socket_ready(const tcp_socket_t *s)
{
	return s->connected && !s->ended;
}

size_t tcp_socket_available(tcp_socket_t *s)
{
	tcp_stream_check_input(s);
	tcp_stream_schedule(s);
	return s->shown;
}

size_t tcp_socket_read(tcp_socket_t *s, void *buffer, size_t length)
{
	if (length > s->shown)
		length = s->shown;
	if (!length)
		return 0;
	ssize_t count;
	do
		count = recv(s->fd, buffer, length, MSG_DONTWAIT);
	while (count < 0 && errno == EINTR);
	if (count > 0)
		s->shown -= (size_t)count;
	else {
		/* The kernel has less than it told: only after a reset. */
		s->shown = 0;
		tcp_stream_end(s, count < 0 ? errno : 0);
	}
	tcp_stream_check_input(s);
	tcp_stream_schedule(s);
	return count > 0 ? (size_t)count : 0;
}

size_t tcp_socket_space(const tcp_socket_t *s)
{
	return TCP_WRITE_LIMIT - s->out_count;
}

bool tcp_socket_write(tcp_socket_t *s, const void *buffer, size_t length)
{
	if (length > tcp_socket_space(s))
		return false;
	if (!s->out && !(s->out = native_malloc(TCP_WRITE_LIMIT)))
		return false;
	if (s->out_start + s->out_count + length > TCP_WRITE_LIMIT) {
		memmove(s->out, s->out + s->out_start, s->out_count);
		s->out_start = 0;
	}
	memcpy(s->out + s->out_start + s->out_count, buffer, length);
	s->out_count += length;
	if (length)
		s->pending |= TCP_OUTPUT;
	tcp_stream_schedule(s);
	return true;
}

int tcp_socket_error(const tcp_socket_t *s)
{
	return s->error;
}
