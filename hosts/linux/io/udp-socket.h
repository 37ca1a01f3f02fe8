/* SPDX-License-Identifier: Apache-2.0
 *
 * UDP sockets from checked options, without the script engine. Sources: udp(7), ip(7), ipv6(7).
 */

#ifndef UPGATE_UDP_SOCKET_H
#define UPGATE_UDP_SOCKET_H

#include "net-address.h"

typedef struct {
	net_address_t address;
	net_address_t group;
	uint16_t port;
	/* 0 for the system's. */
	int time_to_live;
	bool has_address;
	bool has_group;
} udp_options_t;

/* A bound, non-blocking socket; *family receives its family. Returns the descriptor or a negative errno. */
int udp_socket_open(const udp_options_t *options, int *family);
/* Joins or leaves a group; -1 with errno on failure. */
int udp_socket_membership(int fd, const net_address_t *group, bool join);

#endif
