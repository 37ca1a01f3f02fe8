// SPDX-License-Identifier: Apache-2.0
//
// A UDP socket on lwIP's raw interface: arrived datagrams wait in a bounded list; more are dropped, as by any receiver.
// Source: lwIP 2.1, doc/rawapi.txt, udp.c, igmp.c.

#include "socket-file.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "lwip/igmp.h"
#include "lwip/netif.h"
#include "lwip/udp.h"

#define DATAGRAMS_MAX 64

typedef struct {
	struct pbuf *data;
	ip_addr_t from;
	uint16_t port;
} datagram_t;

typedef struct {
	socket_file_t socket;
	struct udp_pcb *pcb;
	datagram_t list[DATAGRAMS_MAX];
	unsigned start;
	unsigned count;
} udp_file_t;

static void on_receive(void *context, struct udp_pcb *pcb, struct pbuf *data, const ip_addr_t *from, u16_t port)
{
	udp_file_t *udp = context;
	(void)pcb;
	if (udp->count == DATAGRAMS_MAX) {
		pbuf_free(data);
		return;
	}
	udp->list[(udp->start + udp->count++) % DATAGRAMS_MAX] = (datagram_t){data, *from, port};
	file_raise(&udp->socket.file);
}

static uint32_t poll(file_t *file)
{
	return EPOLLOUT | (((udp_file_t *)file)->count ? EPOLLIN : 0);
}

static size_t waiting(file_t *file)
{
	udp_file_t *udp = (udp_file_t *)file;
	return udp->count ? udp->list[udp->start].data->tot_len : 0;
}

static void destroy(file_t *file)
{
	udp_file_t *udp = (udp_file_t *)file;
	udp_remove(udp->pcb);
	for (; udp->count > 0; udp->count--, udp->start = (udp->start + 1) % DATAGRAMS_MAX)
		pbuf_free(udp->list[udp->start].data);
	free(udp);
}

static int bind_udp(socket_file_t *socket, const ip_addr_t *address, uint16_t port)
{
	err_t error = udp_bind(((udp_file_t *)socket)->pcb, address, port);
	return error == ERR_OK ? 0 : file_fail(socket_errno(error));
}

static int connect_udp(socket_file_t *socket, const ip_addr_t *address, uint16_t port)
{
	err_t error = udp_connect(((udp_file_t *)socket)->pcb, address, port);
	return error == ERR_OK ? 0 : file_fail(socket_errno(error));
}

static int listen_udp(socket_file_t *socket, int backlog)
{
	(void)socket, (void)backlog;
	return file_fail(EOPNOTSUPP);
}

static int accept_udp(socket_file_t *socket, ip_addr_t *address, uint16_t *port)
{
	(void)socket, (void)address, (void)port;
	return file_fail(EOPNOTSUPP);
}

static ssize_t receive_udp(
	socket_file_t *socket, void *buffer, size_t length, bool peek, ip_addr_t *from, uint16_t *port)
{
	udp_file_t *udp = (udp_file_t *)socket;
	if (!udp->count)
		return file_fail(EAGAIN);
	datagram_t *datagram = &udp->list[udp->start];
	if (length > datagram->data->tot_len)
		length = datagram->data->tot_len;
	pbuf_copy_partial(datagram->data, buffer, (u16_t)length, 0);
	if (from)
		*from = datagram->from;
	if (port)
		*port = datagram->port;
	if (peek)
		return (ssize_t)length;
	pbuf_free(datagram->data);
	udp->start = (udp->start + 1) % DATAGRAMS_MAX;
	udp->count--;
	return (ssize_t)length;
}

static ssize_t send_udp(socket_file_t *socket, const void *buffer, size_t length, const ip_addr_t *to, uint16_t port)
{
	udp_file_t *udp = (udp_file_t *)socket;
	if (length > UINT16_MAX)
		return file_fail(EMSGSIZE);
	struct pbuf *data = pbuf_alloc(PBUF_TRANSPORT, (u16_t)length, PBUF_RAM);
	if (!data)
		return file_fail(ENOBUFS);
	pbuf_take(data, buffer, (u16_t)length);
	err_t error = to ? udp_sendto(udp->pcb, data, to, port) : udp_send(udp->pcb, data);
	pbuf_free(data);
	return error == ERR_OK ? (ssize_t)length : file_fail(socket_errno(error));
}

/* A connected socket sends from the address of the interface. */
static int local_udp(socket_file_t *socket, ip_addr_t *address, uint16_t *port)
{
	udp_file_t *udp = (udp_file_t *)socket;
	*address = udp->pcb->local_ip;
	*port = udp->pcb->local_port;
	if (ip_addr_isany(address) && (udp->pcb->flags & UDP_FLAGS_CONNECTED) && netif_default)
		*address = netif_default->ip_addr;
	return 0;
}

static int membership(const struct ip_mreqn *request, bool join)
{
	ip4_addr_t group = {.addr = request->imr_multiaddr.s_addr};
	ip4_addr_t any = {.addr = INADDR_ANY};
	err_t error = join ? igmp_joingroup(&any, &group) : igmp_leavegroup(&any, &group);
	return error == ERR_OK ? 0 : file_fail(socket_errno(error));
}

static int set_udp(socket_file_t *socket, int level, int name, const void *value, socklen_t length)
{
	udp_file_t *udp = (udp_file_t *)socket;
	if (length < sizeof(int))
		return file_fail(EINVAL);
	int number = *(const int *)value;
	if (level == SOL_SOCKET && (name == SO_BROADCAST || name == SO_REUSEADDR)) {
		ip_set_option(udp->pcb, name == SO_BROADCAST ? SOF_BROADCAST : SOF_REUSEADDR);
		return 0;
	}
	if (level != IPPROTO_IP)
		return file_fail(ENOPROTOOPT);
	if (name == IP_TTL)
		udp->pcb->ttl = (u8_t)number;
	else if (name == IP_MULTICAST_TTL)
		udp_set_multicast_ttl(udp->pcb, (u8_t)number);
	else if ((name == IP_ADD_MEMBERSHIP || name == IP_DROP_MEMBERSHIP) && length >= sizeof(struct ip_mreqn))
		return membership(value, name == IP_ADD_MEMBERSHIP);
	else
		return file_fail(ENOPROTOOPT);
	return 0;
}

static int error_udp(socket_file_t *socket)
{
	(void)socket;
	return 0;
}

static const file_kind_t file_kind = {poll, socket_read, socket_write, waiting, destroy};
static const socket_kind_t socket_kind = {
	.bind = bind_udp,
	.connect = connect_udp,
	.listen = listen_udp,
	.accept = accept_udp,
	.receive = receive_udp,
	.send = send_udp,
	.local = local_udp,
	.set = set_udp,
	.error = error_udp,
};

socket_file_t *udp_file_make(void)
{
	udp_file_t *udp = calloc(1, sizeof(*udp));
	struct udp_pcb *pcb = udp ? udp_new_ip_type(IPADDR_TYPE_V4) : NULL;
	if (!pcb) {
		free(udp);
		errno = ENOMEM;
		return NULL;
	}
	udp->socket.file.kind = &file_kind;
	udp->socket.kind = &socket_kind;
	udp->pcb = pcb;
	udp_recv(pcb, on_receive, udp);
	return &udp->socket;
}
