// SPDX-License-Identifier: Apache-2.0
//
// A TCP socket on lwIP's raw interface. Input stays in lwIP's buffers until it is read, and only then the window opens again.
//
//   made -> connecting -> connected -> (peer's FIN) -> closed        made -> listening
//
// lwIP frees the connection before it tells of an error: `pcb` is NULL then. Source: lwIP 2.1, doc/rawapi.txt, tcp.c.

#include "socket-file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include <netinet/tcp.h>

#include "lwip/tcp.h"

#define BACKLOG_MAX 32

typedef struct tcp_file {
	socket_file_t socket;
	struct tcp_pcb *pcb;
	struct pbuf *input;
	uint16_t offset; /* what is read of the first buffer of `input` */
	bool connecting;
	bool connected;
	bool listening;
	bool finished; /* by the peer */
	bool failed;
	int error; /* of SO_ERROR */
	/* Accepted and not yet taken. */
	struct tcp_file *next;
	struct tcp_file *accepted;
} tcp_file_t;

static tcp_file_t *make(struct tcp_pcb *pcb);

static void tell(tcp_file_t *tcp)
{
	file_raise(&tcp->socket.file);
}

/* What lwIP tells */

static err_t on_receive(void *context, struct tcp_pcb *pcb, struct pbuf *data, err_t error)
{
	tcp_file_t *tcp = context;
	(void)pcb, (void)error;
	if (!data)
		tcp->finished = true;
	else if (tcp->input)
		pbuf_cat(tcp->input, data);
	else
		tcp->input = data;
	tell(tcp);
	return ERR_OK;
}

static err_t on_sent(void *context, struct tcp_pcb *pcb, u16_t length)
{
	(void)pcb, (void)length;
	tell(context);
	return ERR_OK;
}

static err_t on_connected(void *context, struct tcp_pcb *pcb, err_t error)
{
	tcp_file_t *tcp = context;
	(void)pcb, (void)error;
	tcp->connecting = false;
	tcp->connected = true;
	tell(tcp);
	return ERR_OK;
}

static void on_error(void *context, err_t error)
{
	tcp_file_t *tcp = context;
	tcp->pcb = NULL;
	tcp->failed = true;
	tcp->error = socket_errno(error);
	if (tcp->connecting)
		tcp->error = error == ERR_RST ? ECONNREFUSED : ETIMEDOUT;
	tell(tcp);
}

static void listen_to(tcp_file_t *tcp)
{
	tcp_arg(tcp->pcb, tcp);
	tcp_err(tcp->pcb, on_error);
	tcp_recv(tcp->pcb, on_receive);
	tcp_sent(tcp->pcb, on_sent);
}

static err_t on_accept(void *context, struct tcp_pcb *pcb, err_t error)
{
	tcp_file_t *listener = context;
	if (error != ERR_OK || !pcb)
		return ERR_VAL;
	tcp_file_t *tcp = make(pcb);
	if (!tcp) {
		tcp_abort(pcb);
		return ERR_ABRT;
	}
	tcp->connected = true;
	tcp_backlog_delayed(pcb);
	tcp_file_t **link = &listener->accepted;
	while (*link)
		link = &(*link)->next;
	*link = tcp;
	tell(listener);
	return ERR_OK;
}

/* As a file */

static uint32_t poll(file_t *file)
{
	tcp_file_t *tcp = (tcp_file_t *)file;
	uint32_t events = 0;
	if (tcp->listening)
		return tcp->accepted ? EPOLLIN : 0;
	if (tcp->input || tcp->finished || tcp->failed)
		events |= EPOLLIN;
	if (tcp->finished || tcp->failed)
		events |= EPOLLRDHUP;
	if (tcp->failed)
		events |= EPOLLERR | EPOLLHUP | EPOLLOUT;
	else if (tcp->connected && tcp->pcb && tcp_sndbuf(tcp->pcb) > 0)
		events |= EPOLLOUT;
	return events;
}

static size_t waiting(file_t *file)
{
	tcp_file_t *tcp = (tcp_file_t *)file;
	return tcp->input ? (size_t)tcp->input->tot_len - tcp->offset : 0;
}

static void let_go(struct tcp_pcb *pcb, bool listening)
{
	tcp_arg(pcb, NULL);
	if (listening) {
		tcp_accept(pcb, NULL);
		tcp_close(pcb);
		return;
	}
	tcp_err(pcb, NULL);
	tcp_recv(pcb, NULL);
	tcp_sent(pcb, NULL);
	if (tcp_close(pcb) != ERR_OK)
		tcp_abort(pcb);
}

static void destroy(file_t *file)
{
	tcp_file_t *tcp = (tcp_file_t *)file;
	while (tcp->accepted) {
		tcp_file_t *next = tcp->accepted->next;
		destroy(&tcp->accepted->socket.file);
		tcp->accepted = next;
	}
	if (tcp->pcb)
		let_go(tcp->pcb, tcp->listening);
	if (tcp->input)
		pbuf_free(tcp->input);
	free(tcp);
}

/* As a socket */

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
	err_t error = tcp_connect(tcp->pcb, address, port, on_connected);
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
	tcp_arg(listener, tcp);
	tcp_accept(listener, on_accept);
	return 0;
}

static int accept_tcp(socket_file_t *socket, ip_addr_t *address, uint16_t *port)
{
	tcp_file_t *listener = (tcp_file_t *)socket;
	tcp_file_t *tcp;
	/* Those that ended while they waited are nobody's. */
	while ((tcp = listener->accepted) && !tcp->pcb) {
		listener->accepted = tcp->next;
		destroy(&tcp->socket.file);
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
	size_t there = waiting(&socket->file);
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

static const file_kind_t file_kind = {poll, socket_read, socket_write, waiting, destroy};
static const socket_kind_t socket_kind = {
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

static tcp_file_t *make(struct tcp_pcb *pcb)
{
	tcp_file_t *tcp = calloc(1, sizeof(*tcp));
	if (!tcp)
		return NULL;
	tcp->socket.file.kind = &file_kind;
	tcp->socket.kind = &socket_kind;
	tcp->pcb = pcb;
	listen_to(tcp);
	return tcp;
}

socket_file_t *tcp_file_make(void)
{
	struct tcp_pcb *pcb = tcp_new_ip_type(IPADDR_TYPE_V4);
	tcp_file_t *tcp = pcb ? make(pcb) : NULL;
	if (!tcp) {
		if (pcb)
			tcp_abort(pcb);
		errno = ENOMEM;
		return NULL;
	}
	return &tcp->socket;
}
