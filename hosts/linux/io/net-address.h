/* SPDX-License-Identifier: Apache-2.0
 *
 * IPv4 and IPv6 address literals and socket addresses. Leaves out: names, and the short and octal forms of inet_aton.
 * Sources: inet_pton(3), ip(7), ipv6(7), RFC 4007 section 11 (zone after %).
 */

#ifndef UPGATE_NET_ADDRESS_H
#define UPGATE_NET_ADDRESS_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* Longest literal with zone and the terminating zero. */
#define NET_ADDRESS_TEXT (INET6_ADDRSTRLEN + IF_NAMESIZE)

typedef union {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
} net_address_t;

/* Reads an address literal; false when it is none. */
bool net_address_parse(const char *text, uint16_t port, net_address_t *out);
/* The address of every interface. */
void net_address_any(int family, uint16_t port, net_address_t *out);
/* Writes the literal; IPv4 in IPv6 as plain IPv4. */
void net_address_format(const net_address_t *address, char text[NET_ADDRESS_TEXT]);
uint16_t net_address_port(const net_address_t *address);
socklen_t net_address_length(const net_address_t *address);
bool net_address_is_multicast(const net_address_t *address);
/* Turns IPv4 into IPv4 in IPv6 for a socket of both families. */
void net_address_map(net_address_t *address);

/* A non-blocking socket: of the family of address, or (address NULL) of both families where the system has IPv6, else of
 * IPv4. *family receives AF_INET or AF_INET6. Returns the descriptor or -1 with errno. */
int net_socket(int type, const net_address_t *address, int *family);

#endif
