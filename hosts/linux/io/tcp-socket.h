/* SPDX-License-Identifier: Apache-2.0
 *
 * One TCP connection on the event loop, without the script engine: non-blocking connect, a bounded output buffer, input
 * left in the kernel and shown in bounded pieces, the reason of the end. Sources: tcp(7), epoll(7), ECMA-419 section 9.
 */

#ifndef UPGATE_TCP_SOCKET_H
#define UPGATE_TCP_SOCKET_H

#include "net-address.h"

#include <stddef.h>

/* Bytes of input shown at a time, and most bytes of output held for a connection. */
#define TCP_READ_LIMIT 16384
#define TCP_WRITE_LIMIT 16384
/* How long output that was accepted before close may take to reach the kernel. */
#define TCP_LINGER_MS 30000

enum { TCP_READABLE = 1, TCP_WRITABLE = 2, TCP_FAILED = 4 };

typedef struct tcp_socket tcp_socket_t;
/* Called from the loop with one event at a time; may close the connection. */
typedef void (*tcp_event_fn)(void *owner, unsigned event);

/* Starts a connection; failures of the network come later as TCP_FAILED. NULL with errno when there is no socket. */
tcp_socket_t *tcp_socket_connect(const net_address_t *peer);
/* Takes a connected descriptor from accept; on failure (NULL) it is closed. */
tcp_socket_t *tcp_socket_adopt(int fd, const net_address_t *peer);
/* Sets who hears of which events; what has happened already is told again. */
void tcp_socket_own(tcp_socket_t *socket, tcp_event_fn fn, void *owner, unsigned interest);
/* Ends the connection; accepted output is still sent. The pointer is dead afterwards. */
void tcp_socket_close(tcp_socket_t *socket);

int tcp_socket_nodelay(tcp_socket_t *socket, bool on);
const net_address_t *tcp_socket_peer(const tcp_socket_t *socket);

/* Connected, and the end of the connection not yet seen. */
bool tcp_socket_ready(const tcp_socket_t *socket);
/* Bytes that can be read now, at most TCP_READ_LIMIT. */
size_t tcp_socket_available(tcp_socket_t *socket);
/* Reads up to length bytes; returns the count, 0 when there are none. */
size_t tcp_socket_read(tcp_socket_t *socket, void *buffer, size_t length);
/* Bytes that can be written now. */
size_t tcp_socket_space(const tcp_socket_t *socket);
/* Takes length bytes, which must not be more than tcp_socket_space; they leave in the next turn. false: no memory. */
bool tcp_socket_write(tcp_socket_t *socket, const void *buffer, size_t length);

/* After TCP_FAILED: 0 for an orderly end by the peer, else the errno. */
int tcp_socket_error(const tcp_socket_t *socket);

#endif
