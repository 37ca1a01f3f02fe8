/* SPDX-License-Identifier: Apache-2.0
 *
 * What a socket of either kind can do, for sockets.c.
 */

#ifndef UPGATE_SOCKET_FILE_H
#define UPGATE_SOCKET_FILE_H

#include "file.h"

#include <netinet/in.h>

#include "lwip/err.h"
#include "lwip/ip_addr.h"

typedef struct socket_file socket_file_t;

/* Each returns 0 or a count, or -1 with errno. */
typedef struct {
	int (*bind)(socket_file_t *socket, const ip_addr_t *address, uint16_t port);
	int (*connect)(socket_file_t *socket, const ip_addr_t *address, uint16_t port);
	int (*listen)(socket_file_t *socket, int backlog);
	/* A new descriptor. */
	int (*accept)(socket_file_t *socket, ip_addr_t *address, uint16_t *port);
	ssize_t (*receive)(socket_file_t *socket, void *buffer, size_t length, bool peek, ip_addr_t *from, uint16_t *port);
	ssize_t (*send)(socket_file_t *socket, const void *buffer, size_t length, const ip_addr_t *to, uint16_t port);
	int (*local)(socket_file_t *socket, ip_addr_t *address, uint16_t *port);
	/* An option of sockets.c's choice. */
	int (*set)(socket_file_t *socket, int level, int name, const void *value, socklen_t length);
	/* Takes the pending error. */
	int (*error)(socket_file_t *socket);
} socket_kind_t;

struct socket_file {
	file_t file;
	const socket_kind_t *kind;
};

/* New sockets; NULL with errno. */
socket_file_t *tcp_file_make(void);
socket_file_t *udp_file_make(void);

/* Of both kinds: how sockets.c tells a socket from other files. */
ssize_t socket_read(file_t *file, void *buffer, size_t length);
ssize_t socket_write(file_t *file, const void *buffer, size_t length);

/* The errno that stands for one of lwIP's errors. */
int socket_errno(err_t error);

#endif
