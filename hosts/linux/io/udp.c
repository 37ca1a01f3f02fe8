/* SPDX-License-Identifier: Apache-2.0
 *
 * `embedded:io/socket/udp`: datagrams are taken from the kernel into a bounded list that `read` empties; beyond it the
 * kernel's buffer fills and drops. Without `address` IPv4 and IPv6 share the socket where the system has both.
 * Sources: ECMA-419 section 9; Moddable SDK 8.2.3, modules/io/socket; udp(7), ip(7), ipv6(7).
 */

#include "io-common.h"
#include "udp-socket.h"

#include "../loop/loop.h"

#include "mc.xs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Datagrams and bytes held for the program. */
#define UDP_QUEUE_LIMIT 8
#define UDP_QUEUE_BYTES 65536
#define UDP_DATAGRAM_LIMIT 65535

typedef struct packet {
	struct packet *next;
	net_address_t from;
	size_t length;
	uint8_t bytes[];
} packet_t;

typedef struct {
	io_object_t io;
	int fd;
	int family;
	int error;
	loop_watch_t *watch;
	loop_deferred_t *deferred;
	packet_t *first;
	packet_t **last;
	unsigned count;
	size_t bytes;
} udp_t;

void xs_udp_destructor(void *data);

static const xsHostHooks udp_hooks = {xs_udp_destructor, io_mark, NULL};

static packet_t *unqueue(udp_t *udp)
{
	packet_t *packet = udp->first;
	if (!packet)
		return NULL;
	udp->first = packet->next;
	if (!udp->first)
		udp->last = &udp->first;
	udp->count--;
	udp->bytes -= packet->length;
	return packet;
}

static void shut(udp_t *udp)
{
	loop_unwatch(udp->watch);
	loop_defer_cancel(udp->deferred);
	udp->watch = NULL;
	udp->deferred = NULL;
	if (udp->fd >= 0)
		close(udp->fd);
	udp->fd = -1;
	while (udp->first)
		native_free(unqueue(udp));
}

static void destroy(io_object_t *object)
{
	shut((udp_t *)object);
	native_free(object);
}

void xs_udp_destructor(void *data)
{
	io_destructor(data);
}

static udp_t *get(xsMachine *the)
{
	return xsmcGetHostDataValidate(xsThis, (void *)&udp_hooks);
}

/* Receiving */

static bool queue(udp_t *udp, const uint8_t *bytes, size_t length, const net_address_t *from)
{
	packet_t *packet = native_malloc(sizeof(*packet) + length);
	if (!packet)
		return false;
	packet->next = NULL;
	packet->from = *from;
	packet->length = length;
	memcpy(packet->bytes, bytes, length);
	*udp->last = packet;
	udp->last = &packet->next;
	udp->count++;
	udp->bytes += length;
	return true;
}

/* Takes datagrams until the list is full or the kernel has none; true when there are new ones. */
static bool fill(udp_t *udp)
{
	uint8_t bytes[UDP_DATAGRAM_LIMIT];
	unsigned before = udp->count;
	while (udp->count < UDP_QUEUE_LIMIT && udp->bytes < UDP_QUEUE_BYTES && !udp->error) {
		net_address_t from;
		socklen_t length = sizeof(from);
		ssize_t count = recvfrom(udp->fd, bytes, sizeof(bytes), MSG_DONTWAIT, &from.any, &length);
		if (count < 0 && (errno == EINTR || errno == ECONNREFUSED))
			continue;
		if (count < 0) {
			if (errno != EAGAIN)
				udp->error = errno;
			break;
		}
		if (!queue(udp, bytes, (size_t)count, &from))
			break;
	}
	return udp->count > before;
}

static void report(udp_t *udp)
{
	io_hold(&udp->io);
	if (udp->count && udp->io.on_readable)
		io_call_count(&udp->io, udp->io.on_readable, (xsIntegerValue)udp->count);
	else if (udp->error && udp->io.on_error) {
		xsSlot *on_error = udp->io.on_error;
		udp->io.on_error = NULL;
		io_call_error(&udp->io, on_error, "UDP_FAILED", strerror(udp->error));
	}
	io_release(&udp->io);
}

static void on_event(void *ctx, uint32_t events)
{
	udp_t *udp = ctx;
	(void)events;
	if (fill(udp) || udp->error)
		report(udp);
}

static void on_deferred(void *ctx)
{
	udp_t *udp = ctx;
	udp->deferred = NULL;
	report(udp);
}

/* Constructor and close */

static void check_options(xsMachine *the, udp_options_t *options)
{
	if (xsmcHas(xsArg(0), xsID_port)) {
		xsmcGet(xsVar(0), xsArg(0), xsID_port);
		options->port = io_port(the, 0);
	}
	xsmcGet(xsVar(0), xsArg(0), xsID_address);
	options->has_address = xsmcTypeOf(xsVar(0)) != xsUndefinedType;
	if (options->has_address)
		io_address(the, options->port, &options->address, 0);
	xsmcGet(xsVar(0), xsArg(0), xsID_multicast);
	options->has_group = xsmcTypeOf(xsVar(0)) != xsUndefinedType;
	if (options->has_group) {
		io_address(the, options->port, &options->group, 0);
		if (!net_address_is_multicast(&options->group))
			xsRangeError("multicast is no group address");
	}
	if (xsmcHas(xsArg(0), xsID_timeToLive)) {
		xsmcGet(xsVar(0), xsArg(0), xsID_timeToLive);
		xsNumberValue hops = xsmcToNumber(xsVar(0));
		if (!(hops >= 1 && hops <= 255))
			xsRangeError("invalid timeToLive");
		options->time_to_live = (int)hops;
	}
}

void xs_udp_constructor(xsMachine *the)
{
	udp_options_t options = {0};
	int family;
	xsmcVars(3);
	io_option_format(the, IO_FORMAT_BUFFER, IO_FORMAT_BUFFER, 0);
	xsSlot *on_readable = io_option_callback(the, xsID_onReadable, 1);
	xsSlot *on_error = io_option_callback(the, xsID_onError, 2);
	check_options(the, &options);
	io_option_target(the, 0);
	int fd = udp_socket_open(&options, &family);
	if (fd < 0)
		xsUnknownError("bind failed (error %d)", -fd);
	udp_t *udp = native_calloc(1, sizeof(*udp));
	if (!udp || loop_watch(fd, EPOLLIN | EPOLLET, on_event, udp, &udp->watch) < 0) {
		close(fd);
		native_free(udp);
		xsRangeError("no memory");
	}
	udp->fd = fd;
	udp->family = family;
	udp->last = &udp->first;
	udp->io.destroy = destroy;
	udp->io.on_readable = on_readable;
	udp->io.on_error = on_error;
	io_open(the, &udp->io, &udp_hooks, true);
}

void xs_udp_close(xsMachine *the)
{
	if (!xsmcGetHostData(xsThis))
		return;
	shut(get(the));
	io_close(the, &xsThis, &udp_hooks);
}

/* Data */

void xs_udp_read(xsMachine *the)
{
	udp_t *udp = get(the);
	char text[NET_ADDRESS_TEXT];
	bool fresh = !udp->count && fill(udp);
	if (!udp->count)
		return;
	xsmcVars(1);
	xsmcSetArrayBuffer(xsResult, udp->first->bytes, (xsIntegerValue)udp->first->length);
	packet_t *packet = unqueue(udp);
	net_address_t from = packet->from;
	native_free(packet);
	net_address_format(&from, text);
	xsmcSetString(xsVar(0), text);
	xsmcSet(xsResult, xsID_address, xsVar(0));
	xsmcSetInteger(xsVar(0), net_address_port(&from));
	xsmcSet(xsResult, xsID_port, xsVar(0));
	/* The list has room again; only this call learns of datagrams that waited in the kernel. */
	fresh = fill(udp) || fresh;
	if (fresh && udp->count && !udp->deferred)
		loop_defer(on_deferred, udp, &udp->deferred);
}

/* The address literal in an argument, for the family of the socket; RangeError when it is none. */
static void peer_address(xsMachine *the, udp_t *udp, xsSlot *slot, uint16_t port, net_address_t *peer)
{
	char text[NET_ADDRESS_TEXT];
	fxToStringBuffer(the, slot, text, sizeof(text));
	if (!net_address_parse(text, port, peer))
		xsRangeError("invalid IP address");
	if (udp->family == AF_INET6)
		net_address_map(peer);
	if (udp->family != peer->any.sa_family)
		xsRangeError("invalid IP address family");
}

void xs_udp_write(xsMachine *the)
{
	udp_t *udp = get(the);
	net_address_t peer;
	void *buffer;
	xsUnsignedValue length;
	xsNumberValue port = xsmcToNumber(xsArg(2));
	if (!(port >= 1 && port <= 65535))
		xsRangeError("invalid port");
	peer_address(the, udp, &xsArg(1), (uint16_t)port, &peer);
	xsmcGetBufferReadable(xsArg(0), &buffer, &length);
	loop_stir();
	if (sendto(udp->fd, buffer, length, MSG_DONTWAIT | MSG_NOSIGNAL, &peer.any, net_address_length(&peer)) < 0)
		xsUnknownError("UDP send failed (error %d)", errno);
}

static void membership(xsMachine *the, bool join)
{
	udp_t *udp = get(the);
	char text[NET_ADDRESS_TEXT];
	net_address_t group;
	xsmcToStringBuffer(xsArg(0), text, sizeof(text));
	if (!net_address_parse(text, 0, &group))
		xsRangeError("invalid IP address");
	if (!net_address_is_multicast(&group))
		xsUnknownError("no group address");
	if (udp_socket_membership(udp->fd, &group, join) < 0)
		xsUnknownError("multicast failed (error %d)", errno);
}

void xs_udp_add(xsMachine *the)
{
	membership(the, true);
}

void xs_udp_remove(xsMachine *the)
{
	membership(the, false);
}
