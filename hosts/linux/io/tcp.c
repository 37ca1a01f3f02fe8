/* SPDX-License-Identifier: Apache-2.0
 *
 * `embedded:io/socket/tcp` for script: options, formats, read and write; the connection itself is in tcp-socket.c.
 * Behaviour is that of the Moddable SDK 8.2.3 on ESP32: read of more than there is and write of more than there is space
 * throw; write throws before the connection stands and after its end was seen; onError comes when all input is read.
 * Beyond it: IPv6, and onError gets an Error with `code`. Failures of the network after the options are checked are
 * reported by onError, never thrown. Sources: ECMA-419 sections 8 and 9; Moddable SDK documentation/io/io.md.
 */

#include "tcp.h"

#include "io-common.h"

#include "mc.xs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

typedef struct {
	io_object_t io;
	tcp_socket_t *socket;
} tcp_t;

void xs_tcp_destructor(void *data);

static const xsHostHooks tcp_hooks = {xs_tcp_destructor, io_mark, NULL};

static void destroy(io_object_t *object)
{
	tcp_t *tcp = (tcp_t *)object;
	if (tcp->socket)
		tcp_socket_close(tcp->socket);
	native_free(tcp);
}

void xs_tcp_destructor(void *data)
{
	io_destructor(data);
}

static tcp_t *get(xsMachine *the)
{
	return xsmcGetHostDataValidate(xsThis, (void *)&tcp_hooks);
}

/* Events */

static const char *error_code(int error)
{
	switch (error) {
	case 0:
		return "TCP_CLOSED";
	case ECONNREFUSED:
		return "TCP_REFUSED";
	case ECONNRESET:
	case ECONNABORTED:
	case EPIPE:
		return "TCP_RESET";
	case ETIMEDOUT:
		return "TCP_TIMEOUT";
	case ENETUNREACH:
	case EHOSTUNREACH:
	case ENETDOWN:
	case EHOSTDOWN:
	case EADDRNOTAVAIL:
		return "TCP_UNREACHABLE";
	default:
		return "TCP_FAILED";
	}
}

static void call_error(tcp_t *tcp)
{
	char text[96];
	int error = tcp_socket_error(tcp->socket);
	if (error)
		snprintf(text, sizeof(text), "%s (error %d)", strerror(error), error);
	else
		snprintf(text, sizeof(text), "closed by the peer");
	io_call_error(&tcp->io, tcp->io.on_error, error_code(error), text);
}

static void on_event(void *owner, unsigned event)
{
	tcp_t *tcp = owner;
	io_hold(&tcp->io);
	if (event == TCP_READABLE)
		io_call_count(&tcp->io, tcp->io.on_readable, (xsIntegerValue)tcp_socket_available(tcp->socket));
	else if (event == TCP_WRITABLE)
		io_call_count(&tcp->io, tcp->io.on_writable, (xsIntegerValue)tcp_socket_space(tcp->socket));
	else
		call_error(tcp);
	io_release(&tcp->io);
}

static void own(tcp_t *tcp, tcp_socket_t *socket)
{
	unsigned interest = (tcp->io.on_readable ? TCP_READABLE : 0) | (tcp->io.on_writable ? TCP_WRITABLE : 0) |
		(tcp->io.on_error ? TCP_FAILED : 0);
	tcp->socket = socket;
	tcp_socket_own(socket, on_event, tcp, interest);
}

/* Constructor and close */

static tcp_t *create(xsMachine *the)
{
	tcp_t *tcp = native_calloc(1, sizeof(*tcp));
	if (!tcp)
		xsRangeError("no memory");
	tcp->io.destroy = destroy;
	tcp->io.format = IO_FORMAT_BUFFER;
	return tcp;
}

/* Where the connection comes from: the instance in `from`, or NULL and a checked address. */
static tcp_t *option_source(xsMachine *the, net_address_t *address)
{
	if (xsmcHas(xsArg(0), xsID_from)) {
		xsmcGet(xsVar(0), xsArg(0), xsID_from);
		tcp_t *from = xsmcGetHostDataValidate(xsVar(0), (void *)&tcp_hooks);
		if (!from->socket)
			xsUnknownError("invalid from");
		return from;
	}
	xsmcGet(xsVar(0), xsArg(0), xsID_address);
	io_address(the, 0, address, 0);
	xsmcGet(xsVar(0), xsArg(0), xsID_port);
	uint16_t port = io_port(the, 0);
	if (address->any.sa_family == AF_INET)
		address->v4.sin_port = htons(port);
	else
		address->v6.sin6_port = htons(port);
	return NULL;
}

static tcp_socket_t *take(xsMachine *the, tcp_t *from)
{
	tcp_socket_t *socket = from->socket;
	from->socket = NULL;
	io_close(the, &xsVar(0), &tcp_hooks);
	return socket;
}

void xs_tcp_constructor(xsMachine *the)
{
	if (xsmcArgc == 0) {
		/* An empty instance, to be filled by Listener's read. */
		io_open(the, &create(the)->io, &tcp_hooks, false);
		return;
	}
	net_address_t address;
	xsmcVars(4);
	uint8_t format = io_option_format(the, IO_FORMAT_BUFFER, IO_FORMAT_NUMBER | IO_FORMAT_BUFFER, 0);
	xsSlot *on_readable = io_option_callback(the, xsID_onReadable, 1);
	xsSlot *on_writable = io_option_callback(the, xsID_onWritable, 2);
	xsSlot *on_error = io_option_callback(the, xsID_onError, 3);
	bool has_nodelay = xsmcHas(xsArg(0), xsID_nodelay), nodelay = false;
	if (has_nodelay) {
		xsmcGet(xsVar(0), xsArg(0), xsID_nodelay);
		nodelay = xsmcToBoolean(xsVar(0));
	}
	io_option_target(the, 0);
	tcp_t *from = option_source(the, &address);
	tcp_t *tcp = create(the);
	tcp_socket_t *socket = from ? take(the, from) : tcp_socket_connect(&address);
	if (!socket) {
		native_free(tcp);
		xsRangeError("no socket");
	}
	if (has_nodelay)
		tcp_socket_nodelay(socket, nodelay);
	tcp->io.format = format;
	tcp->io.on_readable = on_readable;
	tcp->io.on_writable = on_writable;
	tcp->io.on_error = on_error;
	io_open(the, &tcp->io, &tcp_hooks, true);
	own(tcp, socket);
}

void xs_tcp_close(xsMachine *the)
{
	tcp_t *tcp = xsmcGetHostData(xsThis);
	if (!tcp)
		return;
	tcp = get(the);
	if (tcp->socket) {
		/* At once, also when called from a callback that still holds the record. */
		tcp_socket_close(tcp->socket);
		tcp->socket = NULL;
	}
	io_close(the, &xsThis, &tcp_hooks);
}

void tcp_check_empty(xsMachine *the, xsSlot *slot)
{
	tcp_t *tcp = xsmcGetHostDataValidate(*slot, (void *)&tcp_hooks);
	if (tcp->socket || tcp->io.remembered)
		xsSyntaxError("not an empty TCP");
}

void tcp_fill(xsMachine *the, xsSlot *slot, tcp_socket_t *socket)
{
	tcp_t *tcp = xsmcGetHostDataValidate(*slot, (void *)&tcp_hooks);
	io_remember(&tcp->io, slot);
	own(tcp, socket);
}

/* Data */

static void read_bytes(xsMachine *the, tcp_t *tcp, size_t available)
{
	uint8_t bytes[TCP_READ_LIMIT];
	xsIntegerValue requested = (xsIntegerValue)available;
	if (xsmcArgc > 0 && xsmcTypeOf(xsArg(0)) == xsReferenceType) {
		void *buffer;
		xsUnsignedValue length;
		xsmcGetBufferWritable(xsArg(0), &buffer, &length);
		if (length == 0 || length > available)
			xsUnknownError("invalid byte length");
		xsmcSetInteger(xsResult, (xsIntegerValue)tcp_socket_read(tcp->socket, buffer, length));
		return;
	}
	if (xsmcArgc > 0)
		requested = xsmcToInteger(xsArg(0));
	if (requested <= 0 || (size_t)requested > available)
		xsUnknownError("invalid byte length");
	size_t count = tcp_socket_read(tcp->socket, bytes, (size_t)requested);
	if (count)
		xsmcSetArrayBuffer(xsResult, bytes, (xsIntegerValue)count);
}

void xs_tcp_read(xsMachine *the)
{
	tcp_t *tcp = get(the);
	size_t available = tcp->socket ? tcp_socket_available(tcp->socket) : 0;
	uint8_t byte;
	if (!available)
		return;
	if (tcp->io.format == IO_FORMAT_BUFFER)
		read_bytes(the, tcp, available);
	else if (tcp_socket_read(tcp->socket, &byte, 1))
		xsmcSetInteger(xsResult, byte);
}

void xs_tcp_write(xsMachine *the)
{
	tcp_t *tcp = get(the);
	if (!tcp->socket || !tcp_socket_ready(tcp->socket))
		xsUnknownError("not ready");
	void *buffer;
	xsUnsignedValue length = 1;
	uint8_t byte;
	if (tcp->io.format == IO_FORMAT_BUFFER)
		xsmcGetBufferReadable(xsArg(0), &buffer, &length);
	else {
		byte = (uint8_t)xsmcToInteger(xsArg(0));
		buffer = &byte;
	}
	if (length > tcp_socket_space(tcp->socket))
		xsUnknownError("would block");
	if (!tcp_socket_write(tcp->socket, buffer, length))
		xsRangeError("no memory");
	xsmcSetInteger(xsResult, (xsIntegerValue)tcp_socket_space(tcp->socket));
}

/* Properties */

void xs_tcp_get_remoteAddress(xsMachine *the)
{
	tcp_t *tcp = get(the);
	char text[NET_ADDRESS_TEXT];
	if (!tcp->socket)
		return;
	net_address_format(tcp_socket_peer(tcp->socket), text);
	xsmcSetString(xsResult, text);
}

void xs_tcp_get_remotePort(xsMachine *the)
{
	tcp_t *tcp = get(the);
	if (tcp->socket)
		xsmcSetInteger(xsResult, net_address_port(tcp_socket_peer(tcp->socket)));
}

void xs_tcp_get_format(xsMachine *the)
{
	io_get_format(the, get(the)->io.format);
}

void xs_tcp_set_format(xsMachine *the)
{
	tcp_t *tcp = get(the);
	tcp->io.format = io_set_format(the, IO_FORMAT_NUMBER | IO_FORMAT_BUFFER);
}
