// SPDX-License-Identifier: Apache-2.0
//
// What programs ask of a TCP socket, as lwIP's calls. Sources: POSIX.1-2017; lwIP 2.1, doc/rawapi.txt.

#include "tcp-file.h"

#include <errno.h>

#include <netinet/tcp.h>

#define BACKLOG_MAX 32

static int bind_tcp(socket_file_t *socket, const ip_addr_t *address, uint16_t port)
{
	tcp_file_t *tcp = (tcp_file_t *)socket;
	err_t error = tcp->pcb ? tcp_bind(tcp->pcb, address, port) : ERR_CLSD;
	return error == ERR_OK ? 0 : file_fail(socket_errno(error));
}

static int connect_tcp(socket_file_t *socket, const ip_addr_t *address, uint16_t port)
{
	tcp_file_t *tcp = (tcp_file_t *)socket;
	if (!tcp->pcb || tcp->connecting || tcp->connected)
		return file_fail(EISCONN);
	err_t error = tcp_connect(tcp->pcb, address, port, tcp_file_connected);
	if (error != ERR_OK)
		return file_fail(socket_errno(error));
	tcp->connecting = true;
	return file_fail(EINPROGRESS);
}

static int listen_tcp(socket_file_t *socket, int backlog)
{
	tcp_file_t *tcp = (tcp_file_t *)socket;
	err_t error = ERR_CLSD;
	uint8_t limit = (uint8_t)(backlog > 0 && backlog < BACKLOG_MAX ? backlog : BACKLOG_MAX);
	struct tcp_pcb *listener = tcp->pcb ? tcp_listen_with_backlog_and_err(tcp->pcb, limit, &error) : NULL;
	if (!listener)
		return file_fail(socket_errno(error));
	tcp->pcb = listener;
	tcp->listening = true;
	tcp_file_accept(tcp);
	return 0;
}

static int accept_tcp(socket_file_t *socket, ip_addr_t *address, uint16_t *port)
{
	tcp_file_t *listener = (tcp_file_t *)socket;
	tcp_file_t *tcp;
	/* Those that ended while they waited are nobody's. */
	while ((tcp = listener->accepted) && !tcp->pcb) {
		listener->accepted = tcp->next;
		tcp_file_destroy(tcp);
	}
	if (!tcp)
		return file_fail(EAGAIN);
	int fd = file_open(&tcp->socket.file);
	if (fd < 0)
		return -1;
	listener->accepted = tcp->next;
	tcp->next = NULL;
	tcp_backlog_accepted(tcp->pcb);
	*address = tcp->pcb->remote_ip;
	*port = tcp->pcb->remote_port;
	return fd;
}

/* Frees what is read and opens the window again. */
static void consume(tcp_file_t *tcp, size_t length)
{
	size_t left = tcp->offset + length;
	while (tcp->input && left >= tcp->input->len) {
		struct pbuf *rest = tcp->input->next;
		left -= tcp->input->len;
		if (rest)
			pbuf_ref(rest);
		pbuf_free(tcp->input);
		tcp->input = rest;
	}
	tcp->offset = (uint16_t)left;
	if (tcp->pcb)
		tcp_recved(tcp->pcb, (u16_t)length);
}

static ssize_t receive_tcp(
	socket_file_t *socket, void *buffer, size_t length, bool peek, ip_addr_t *from, uint16_t *port)
{
	tcp_file_t *tcp = (tcp_file_t *)socket;
	size_t there = tcp_file_waiting(tcp);
	(void)from, (void)port;
	if (!there) {
		if (tcp->failed && tcp->error)
			return file_fail(tcp->error);
		return tcp->finished || tcp->failed ? 0 : file_fail(tcp->connected ? EAGAIN : ENOTCONN);
	}
	if (length > there)
		length = there;
	if (length > UINT16_MAX)
		length = UINT16_MAX;
	pbuf_copy_partial(tcp->input, buffer, (u16_t)length, tcp->offset);
	if (!peek)
		consume(tcp, length);
	return (ssize_t)length;
}

static ssize_t send_tcp(socket_file_t *socket, const void *buffer, size_t length, const ip_addr_t *to, uint16_t port)
{
	tcp_file_t *tcp = (tcp_file_t *)socket;
	(void)to, (void)port;
	if (!tcp->pcb)
		return file_fail(tcp->failed && tcp->error ? tcp->error : EPIPE);
	if (!tcp->connected)
		return file_fail(ENOTCONN);
	size_t space = tcp_sndbuf(tcp->pcb);
	if (length > space)
		length = space;
	if (!length)
		return file_fail(EAGAIN);
	err_t error = tcp_write(tcp->pcb, buffer, (u16_t)length, TCP_WRITE_FLAG_COPY);
	if (error == ERR_MEM)
		return file_fail(EAGAIN);
	if (error != ERR_OK)
		return file_fail(socket_errno(error));
	tcp_output(tcp->pcb);
	return (ssize_t)length;
}

static int local_tcp(socket_file_t *socket, ip_addr_t *address, uint16_t *port)
{
	tcp_file_t *tcp = (tcp_file_t *)socket;
	if (!tcp->pcb)
		return file_fail(ENOTCONN);
	*address = tcp->pcb->local_ip;
	*port = tcp->pcb->local_port;
	return 0;
}

static int set_tcp(socket_file_t *socket, int level, int name, const void *value, socklen_t length)
{
	tcp_file_t *tcp = (tcp_file_t *)socket;
	if (length < sizeof(int) || !tcp->pcb)
		return file_fail(EINVAL);
	bool on = *(const int *)value != 0;
	if (level == IPPROTO_TCP && name == TCP_NODELAY) {
		if (on)
			tcp_nagle_disable(tcp->pcb);
		else
			tcp_nagle_enable(tcp->pcb);
		return 0;
	}
	if (level == SOL_SOCKET && name == SO_REUSEADDR) {
		if (on)
			ip_set_option(tcp->pcb, SOF_REUSEADDR);
		return 0;
	}
	return file_fail(ENOPROTOOPT);
}

static int error_tcp(socket_file_t *socket)
{
	tcp_file_t *tcp = (tcp_file_t *)socket;
	return tcp->error;
}

const socket_kind_t tcp_file_calls = {
	.bind = bind_tcp,
	.connect = connect_tcp,
	.listen = listen_tcp,
	.accept = accept_tcp,
	.receive = receive_tcp,
	.send = send_tcp,
	.local = local_tcp,
	.set = set_tcp,
	.error = error_tcp,
};
