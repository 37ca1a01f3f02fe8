// SPDX-License-Identifier: Apache-2.0
//
// A TCP socket on lwIP's raw interface. Input stays in lwIP's buffers until it is read, and only then the window opens again.
//
//   made -> connecting -> connected -> (peer's FIN) -> closed        made -> listening
//
// lwIP frees the connection before it tells of an error: `pcb` is NULL then. Source: lwIP 2.1, doc/rawapi.txt, tcp.c.

#include "tcp-file.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

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

err_t tcp_file_connected(void *context, struct tcp_pcb *pcb, err_t error)
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
	tcp_file_t *tcp = tcp_file_wrap(pcb);
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

void tcp_file_accept(tcp_file_t *listener)
{
	tcp_arg(listener->pcb, listener);
	tcp_accept(listener->pcb, on_accept);
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

size_t tcp_file_waiting(const tcp_file_t *tcp)
{
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

void tcp_file_destroy(tcp_file_t *tcp)
{
	while (tcp->accepted) {
		tcp_file_t *next = tcp->accepted->next;
		tcp_file_destroy(tcp->accepted);
		tcp->accepted = next;
	}
	if (tcp->pcb)
		let_go(tcp->pcb, tcp->listening);
	if (tcp->input)
		pbuf_free(tcp->input);
	free(tcp);
}

static size_t waiting(file_t *file)
{
	return tcp_file_waiting((tcp_file_t *)file);
}

static void destroy(file_t *file)
{
	tcp_file_destroy((tcp_file_t *)file);
}

static const file_kind_t file_kind = {poll, socket_read, socket_write, waiting, destroy};
tcp_file_t *tcp_file_wrap(struct tcp_pcb *pcb)
{
	tcp_file_t *tcp = calloc(1, sizeof(*tcp));
	if (!tcp)
		return NULL;
	tcp->socket.file.kind = &file_kind;
	tcp->socket.kind = &tcp_file_calls;
	tcp->pcb = pcb;
	listen_to(tcp);
	return tcp;
}

socket_file_t *tcp_file_make(void)
{
	struct tcp_pcb *pcb = tcp_new_ip_type(IPADDR_TYPE_V4);
	tcp_file_t *tcp = pcb ? tcp_file_wrap(pcb) : NULL;
	if (!tcp) {
		if (pcb)
			tcp_abort(pcb);
		errno = ENOMEM;
		return NULL;
	}
	return &tcp->socket;
}
