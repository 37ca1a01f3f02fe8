/* SPDX-License-Identifier: Apache-2.0
 *
 * A TCP socket: between tcp-file.c, its life and what lwIP tells of it, and tcp-calls.c, what programs ask of it.
 */

#ifndef UPGATE_TCP_FILE_H
#define UPGATE_TCP_FILE_H

#include "socket-file.h"

#include "lwip/tcp.h"

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

/* tcp-calls.c */
extern const socket_kind_t tcp_file_calls;

/* A socket for a connection of lwIP's; NULL without memory. */
tcp_file_t *tcp_file_wrap(struct tcp_pcb *pcb);
/* For lwIP, when a connection is made. */
err_t tcp_file_connected(void *context, struct tcp_pcb *pcb, err_t error);
/* For listeners: what arrives is accepted. */
void tcp_file_accept(tcp_file_t *listener);
size_t tcp_file_waiting(const tcp_file_t *tcp);
void tcp_file_destroy(tcp_file_t *tcp);

#endif
