/* SPDX-License-Identifier: Apache-2.0
 *
 * Internet addresses (POSIX.1-2017, netinet/in.h). IPv6 addresses can be read and written; there are no sockets for them.
 */

#ifndef UPGATE_NETINET_IN_H
#define UPGATE_NETINET_IN_H

#include <arpa/inet.h>
#include <sys/socket.h>

typedef uint16_t in_port_t;
typedef uint32_t in_addr_t;

struct in_addr {
	in_addr_t s_addr;
};

struct sockaddr_in {
	sa_family_t sin_family;
	in_port_t sin_port;
	struct in_addr sin_addr;
	unsigned char sin_zero[8];
};

struct in6_addr {
	_Alignas(4) uint8_t s6_addr[16];
};

struct sockaddr_in6 {
	sa_family_t sin6_family;
	in_port_t sin6_port;
	uint32_t sin6_flowinfo;
	struct in6_addr sin6_addr;
	uint32_t sin6_scope_id;
};

struct ip_mreqn {
	struct in_addr imr_multiaddr;
	struct in_addr imr_address;
	int imr_ifindex;
};

struct ipv6_mreq {
	struct in6_addr ipv6mr_multiaddr;
	unsigned ipv6mr_interface;
};

enum { IPPROTO_IP = 0, IPPROTO_TCP = 6, IPPROTO_UDP = 17, IPPROTO_IPV6 = 41 };
enum { IP_TTL = 2, IP_MULTICAST_TTL = 33, IP_ADD_MEMBERSHIP = 35, IP_DROP_MEMBERSHIP = 36 };
enum {
	IPV6_UNICAST_HOPS = 16,
	IPV6_MULTICAST_HOPS = 18,
	IPV6_JOIN_GROUP = 20,
	IPV6_LEAVE_GROUP = 21,
	IPV6_V6ONLY = 26
};

#define INADDR_ANY ((in_addr_t)0)
#define INET_ADDRSTRLEN 16
#define INET6_ADDRSTRLEN 46
#define IN_MULTICAST(address) (((address)&0xf0000000u) == 0xe0000000u)
#define IN6_IS_ADDR_MULTICAST(address) ((address)->s6_addr[0] == 0xff)
#define IN6_IS_ADDR_V4MAPPED(address) (!memcmp((address)->s6_addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12))
#define IN6_IS_ADDR_UNSPECIFIED(address) (!memcmp((address)->s6_addr, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16))

#endif
