/* SPDX-License-Identifier: Apache-2.0
 *
 * UDP sockets from checked options. Sources: udp(7), ip(7), ipv6(7).
 */

#include "udp-socket.h"

#include <errno.h>
#include <unistd.h>

int udp_socket_membership(int fd, const net_address_t *group, bool join)
{
	if (group->any.sa_family == AF_INET) {
		struct ip_mreqn request = {.imr_multiaddr = group->v4.sin_addr};
		return setsockopt(fd, IPPROTO_IP, join ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, &request, sizeof(request));
	}
	struct ipv6_mreq request = {.ipv6mr_multiaddr = group->v6.sin6_addr, .ipv6mr_interface = group->v6.sin6_scope_id};
	return setsockopt(fd, IPPROTO_IPV6, join ? IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP, &request, sizeof(request));
}

static void set_hops(int fd, int family, int hops)
{
	setsockopt(fd, IPPROTO_IP, IP_TTL, &hops, sizeof(hops));
	setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &hops, sizeof(hops));
	if (family != AF_INET6)
		return;
	setsockopt(fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &hops, sizeof(hops));
	setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof(hops));
}

int udp_socket_open(const udp_options_t *options, int *family)
{
	net_address_t local;
	int on = 1;
	bool v4_group = options->has_group && options->group.any.sa_family == AF_INET;
	if (options->has_address)
		local = options->address;
	else if (v4_group)
		net_address_any(AF_INET, options->port, &local);
	bool chosen = options->has_address || v4_group;
	int fd = net_socket(SOCK_DGRAM, chosen ? &local : NULL, family);
	if (fd < 0)
		return -errno;
	if (!chosen)
		net_address_any(*family, options->port, &local);
	setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
	if (options->has_group)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (options->time_to_live)
		set_hops(fd, *family, options->time_to_live);
	if (bind(fd, &local.any, net_address_length(&local)) < 0 ||
		(options->has_group && udp_socket_membership(fd, &options->group, true) < 0)) {
		int error = errno;
		close(fd);
		return -error;
	}
	return fd;
}
