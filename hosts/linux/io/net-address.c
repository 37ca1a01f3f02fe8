/* SPDX-License-Identifier: Apache-2.0
 *
 * IPv4 and IPv6 address literals and socket addresses. Sources: inet_pton(3), ip(7), ipv6(7), RFC 4007 section 11.
 */

#include "net-address.h"

#include <arpa/inet.h>
#include <string.h>
#include <unistd.h>

bool net_address_parse(const char *text, uint16_t port, net_address_t *out)
{
	char plain[INET6_ADDRSTRLEN];
	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &out->v4.sin_addr) == 1) {
		out->v4.sin_family = AF_INET;
		out->v4.sin_port = htons(port);
		return true;
	}
	const char *zone = strchr(text, '%');
	size_t length = zone ? (size_t)(zone - text) : strlen(text);
	if (length >= sizeof(plain))
		return false;
	memcpy(plain, text, length);
	plain[length] = 0;
	if (inet_pton(AF_INET6, plain, &out->v6.sin6_addr) != 1)
		return false;
	if (zone && (out->v6.sin6_scope_id = if_nametoindex(zone + 1)) == 0)
		return false;
	out->v6.sin6_family = AF_INET6;
	out->v6.sin6_port = htons(port);
	return true;
}

void net_address_any(int family, uint16_t port, net_address_t *out)
{
	memset(out, 0, sizeof(*out));
	out->any.sa_family = (sa_family_t)family;
	if (family == AF_INET)
		out->v4.sin_port = htons(port);
	else
		out->v6.sin6_port = htons(port);
}

void net_address_format(const net_address_t *address, char text[NET_ADDRESS_TEXT])
{
	text[0] = 0;
	if (address->any.sa_family == AF_INET) {
		inet_ntop(AF_INET, &address->v4.sin_addr, text, NET_ADDRESS_TEXT);
		return;
	}
	const struct in6_addr *v6 = &address->v6.sin6_addr;
	if (IN6_IS_ADDR_V4MAPPED(v6)) {
		inet_ntop(AF_INET, &v6->s6_addr[12], text, NET_ADDRESS_TEXT);
		return;
	}
	inet_ntop(AF_INET6, v6, text, INET6_ADDRSTRLEN);
	char name[IF_NAMESIZE];
	if (address->v6.sin6_scope_id && if_indextoname(address->v6.sin6_scope_id, name)) {
		size_t length = strlen(text);
		text[length] = '%';
		memcpy(text + length + 1, name, strlen(name) + 1);
	}
}

uint16_t net_address_port(const net_address_t *address)
{
	return ntohs(address->any.sa_family == AF_INET ? address->v4.sin_port : address->v6.sin6_port);
}

socklen_t net_address_length(const net_address_t *address)
{
	return address->any.sa_family == AF_INET ? sizeof(address->v4) : sizeof(address->v6);
}

bool net_address_is_multicast(const net_address_t *address)
{
	if (address->any.sa_family == AF_INET)
		return IN_MULTICAST(ntohl(address->v4.sin_addr.s_addr));
	return IN6_IS_ADDR_MULTICAST(&address->v6.sin6_addr);
}

void net_address_map(net_address_t *address)
{
	if (address->any.sa_family != AF_INET)
		return;
	struct sockaddr_in v4 = address->v4;
	memset(address, 0, sizeof(*address));
	address->v6.sin6_family = AF_INET6;
	address->v6.sin6_port = v4.sin_port;
	address->v6.sin6_addr.s6_addr[10] = 0xff;
	address->v6.sin6_addr.s6_addr[11] = 0xff;
	memcpy(&address->v6.sin6_addr.s6_addr[12], &v4.sin_addr, 4);
}

int net_socket(int type, const net_address_t *address, int *family)
{
	int flags = type | SOCK_NONBLOCK | SOCK_CLOEXEC;
	if (address) {
		*family = address->any.sa_family;
		return socket(*family, flags, 0);
	}
	*family = AF_INET6;
	int off = 0;
	int fd = socket(AF_INET6, flags, 0);
	if (fd >= 0 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	*family = AF_INET;
	return socket(AF_INET, flags, 0);
}
