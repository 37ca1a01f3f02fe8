/* SPDX-License-Identifier: Apache-2.0
 *
 * `embedded:io/socket/listener`: accepts connections into a bounded list that `read` empties. More wait in the kernel's
 * backlog. Without `address`, or with "::", IPv4 and IPv6 are both accepted where the system has both.
 * Sources: ECMA-419 section 9; Moddable SDK 8.2.3, modules/io/socket; accept(2), listen(2).
 */

#include "io-common.h"
#include "tcp.h"

#include "../loop/loop.h"

#include "mc.xs.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Connections accepted and not yet read; connections that may wait in the kernel besides. */
#define LISTENER_PENDING_LIMIT 8
#define LISTENER_BACKLOG 16
/* When the process has no descriptors left. */
#define LISTENER_RETRY_MS 100

typedef struct {
	io_object_t io;
	int fd;
	uint16_t port;
	loop_watch_t *watch;
	loop_deferred_t *deferred;
	loop_timer_t *retry;
	/* Accepted descriptors, oldest first. */
	int pending[LISTENER_PENDING_LIMIT];
	net_address_t peers[LISTENER_PENDING_LIMIT];
	unsigned count;
} listener_t;

void xs_listener_destructor(void *data);

static const xsHostHooks listener_hooks = {xs_listener_destructor, io_mark, NULL};

/* Stops all events; the record may live on until a callback has returned. */
static void shut(listener_t *listener)
{
	loop_unwatch(listener->watch);
	loop_defer_cancel(listener->deferred);
	loop_timer_cancel(listener->retry);
	listener->watch = NULL;
	listener->deferred = NULL;
	listener->retry = NULL;
	if (listener->fd >= 0)
		close(listener->fd);
	listener->fd = -1;
	while (listener->count > 0)
		close(listener->pending[--listener->count]);
}

static void destroy(io_object_t *object)
{
	shut((listener_t *)object);
	native_free(object);
}

void xs_listener_destructor(void *data)
{
	io_destructor(data);
}

static listener_t *get(xsMachine *the)
{
	return xsmcGetHostDataValidate(xsThis, (void *)&listener_hooks);
}

/* Accepting */

static void on_retry(void *ctx);

/* Accepts until the list is full or nobody waits; true when there are new ones. */
static bool fill(listener_t *listener)
{
	unsigned before = listener->count;
	while (listener->count < LISTENER_PENDING_LIMIT) {
		net_address_t *peer = &listener->peers[listener->count];
		socklen_t length = sizeof(*peer);
		int fd = accept4(listener->fd, &peer->any, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd >= 0) {
			listener->pending[listener->count++] = fd;
			continue;
		}
		if (errno == EAGAIN)
			break;
		if (errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM)
			continue;
		if (!listener->retry) {
			uint64_t due = loop_now() + (uint64_t)(LISTENER_RETRY_MS * loop_time_scale());
			loop_timer_set(due, on_retry, listener, &listener->retry);
		}
		break;
	}
	return listener->count > before;
}

static void report(listener_t *listener)
{
	if (!listener->io.on_readable)
		return;
	io_hold(&listener->io);
	io_call_count(&listener->io, listener->io.on_readable, (xsIntegerValue)listener->count);
	io_release(&listener->io);
}

static void on_event(void *ctx, uint32_t events)
{
	listener_t *listener = ctx;
	(void)events;
	if (fill(listener))
		report(listener);
}

static void on_retry(void *ctx)
{
	listener_t *listener = ctx;
	listener->retry = NULL;
	if (fill(listener))
		report(listener);
}

static void on_deferred(void *ctx)
{
	listener_t *listener = ctx;
	listener->deferred = NULL;
	if (listener->count)
		report(listener);
}

/* Constructor and close */

static int open_socket(const net_address_t *address, uint16_t port, int *out)
{
	net_address_t any, bound;
	socklen_t length = sizeof(bound);
	int family, on = 1, off = 0;
	bool all = !address || (address->any.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&address->v6.sin6_addr));
	int fd = net_socket(SOCK_STREAM, all ? NULL : address, &family);
	if (fd < 0)
		return -errno;
	if (all) {
		net_address_any(family, port, &any);
		address = &any;
	}
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, all ? &off : &on, sizeof(on));
	if (bind(fd, &address->any, net_address_length(address)) < 0 || listen(fd, LISTENER_BACKLOG) < 0 ||
		getsockname(fd, &bound.any, &length) < 0) {
		int error = errno;
		close(fd);
		return -error;
	}
	*out = net_address_port(&bound);
	return fd;
}

void xs_listener_constructor(xsMachine *the)
{
	net_address_t address;
	uint16_t port = 0;
	xsmcVars(2);
	if (xsmcHas(xsArg(0), xsID_port)) {
		xsmcGet(xsVar(0), xsArg(0), xsID_port);
		port = io_port(the, 0);
	}
	xsmcGet(xsVar(0), xsArg(0), xsID_address);
	bool has_address = xsmcTypeOf(xsVar(0)) != xsUndefinedType;
	if (has_address)
		io_address(the, port, &address, 0);
	xsSlot *on_readable = io_option_callback(the, xsID_onReadable, 1);
	io_option_format(the, IO_FORMAT_SOCKET_TCP, IO_FORMAT_SOCKET_TCP, 0);
	io_option_target(the, 0);
	int bound = 0;
	int fd = open_socket(has_address ? &address : NULL, port, &bound);
	if (fd < 0)
		xsUnknownError("listen failed (error %d)", -fd);
	listener_t *listener = native_calloc(1, sizeof(*listener));
	if (!listener || loop_watch(fd, EPOLLIN | EPOLLET, on_event, listener, &listener->watch) < 0) {
		close(fd);
		native_free(listener);
		xsRangeError("no memory");
	}
	listener->fd = fd;
	listener->port = (uint16_t)bound;
	listener->io.destroy = destroy;
	listener->io.on_readable = on_readable;
	io_open(the, &listener->io, &listener_hooks, true);
}

void xs_listener_close(xsMachine *the)
{
	if (!xsmcGetHostData(xsThis))
		return;
	shut(get(the));
	io_close(the, &xsThis, &listener_hooks);
}

/* Reading: xsArg(0) is an empty TCP. */

void xs_listener_read(xsMachine *the)
{
	listener_t *listener = get(the);
	tcp_check_empty(the, &xsArg(0));
	bool fresh = !listener->count && fill(listener);
	if (!listener->count)
		return;
	tcp_socket_t *socket = tcp_socket_adopt(listener->pending[0], &listener->peers[0]);
	listener->count--;
	for (unsigned i = 0; i < listener->count; i++) {
		listener->pending[i] = listener->pending[i + 1];
		listener->peers[i] = listener->peers[i + 1];
	}
	if (!socket)
		xsRangeError("no memory");
	xsResult = xsArg(0);
	tcp_fill(the, &xsResult, socket);
	/* The list has room again; only this call learns of those who waited in the kernel. */
	fresh = fill(listener) || fresh;
	if (fresh && listener->count && listener->io.on_readable && !listener->deferred)
		loop_defer(on_deferred, listener, &listener->deferred);
}

void xs_listener_get_port(xsMachine *the)
{
	xsmcSetInteger(xsResult, get(the)->port);
}
