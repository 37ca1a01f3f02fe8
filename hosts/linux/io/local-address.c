/* SPDX-License-Identifier: Apache-2.0
 *
 * The IPv4 address that this host has in the network of its default route: the source that the kernel would choose for a datagram.
 * Nothing is sent. Sources: udp(7), connect(2), getsockname(2).
 */

#include "net-address.h"

#include "xsmc.h"
#include "mc.xs.h"

#include <arpa/inet.h>
#include <unistd.h>

/* TEST-NET-1 (RFC 5737): an address outside every network of ours. */
#define ELSEWHERE "192.0.2.1"

static bool find(net_address_t *local)
{
	net_address_t peer;
	int family;
	socklen_t length = sizeof(*local);
	if (!net_address_parse(ELSEWHERE, 9, &peer))
		return false;
	int fd = net_socket(SOCK_DGRAM, &peer, &family);
	if (fd < 0)
		return false;
	bool found = connect(fd, &peer.any, net_address_length(&peer)) == 0 && getsockname(fd, &local->any, &length) == 0 &&
		local->any.sa_family == AF_INET && local->v4.sin_addr.s_addr != htonl(INADDR_ANY);
	close(fd);
	return found;
}

void xs_local_address(xsMachine *the)
{
	net_address_t local;
	char text[NET_ADDRESS_TEXT];
	if (!find(&local))
		return;
	net_address_format(&local, text);
	xsmcSetString(xsResult, text);
}
