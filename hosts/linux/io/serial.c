/* SPDX-License-Identifier: Apache-2.0
 *
 * `embedded:io/serial` on the descriptors that stand for the UART (host.h). Behaviour is that of the Moddable SDK's class:
 * read gives at most what is there, write takes all or throws, onWritable when output space came free. A line that is
 * not connected, closed at the far end or at the end of its file is silent: output goes nowhere, no input comes.
 * Leaves out: baud rates, modem lines. Sources: ECMA-419 section 9 "Serial"; Moddable SDK documentation/io/io.md.
 */

#include "io-common.h"
#include "serial-line.h"

#include "mc.xs.h"

#define SERIAL_PORTS 3
#define SERIAL_BAUD_LIMIT 20000000

typedef struct {
	io_object_t io;
	serial_line_t *line;
} serial_t;

void xs_serial_destructor(void *data);

static const xsHostHooks serial_hooks = {xs_serial_destructor, io_mark, NULL};

static void destroy(io_object_t *object)
{
	serial_t *serial = (serial_t *)object;
	if (serial->line)
		serial_line_close(serial->line);
	native_free(serial);
}

void xs_serial_destructor(void *data)
{
	io_destructor(data);
}

static serial_t *get(xsMachine *the)
{
	return xsmcGetHostDataValidate(xsThis, (void *)&serial_hooks);
}

static void on_event(void *owner, unsigned event)
{
	serial_t *serial = owner;
	io_hold(&serial->io);
	if (event == SERIAL_READABLE)
		io_call_count(&serial->io, serial->io.on_readable, (xsIntegerValue)serial_line_available(serial->line));
	else
		io_call_count(&serial->io, serial->io.on_writable, (xsIntegerValue)serial_line_space(serial->line));
	io_release(&serial->io);
}

static void check_line_options(xsMachine *the)
{
	xsmcGet(xsVar(0), xsArg(0), xsID_port);
	if (xsmcTypeOf(xsVar(0)) != xsUndefinedType) {
		xsNumberValue port = xsmcToNumber(xsVar(0));
		if (!(port >= 0 && port < SERIAL_PORTS))
			xsRangeError("invalid port");
	}
	xsmcGet(xsVar(0), xsArg(0), xsID_baud);
	xsNumberValue baud = xsmcToNumber(xsVar(0));
	if (!(baud >= 1 && baud <= SERIAL_BAUD_LIMIT))
		xsRangeError("invalid baud");
}

void xs_serial_constructor(xsMachine *the)
{
	xsmcVars(3);
	check_line_options(the);
	uint8_t format = io_option_format(the, IO_FORMAT_BUFFER, IO_FORMAT_NUMBER | IO_FORMAT_BUFFER, 0);
	xsSlot *on_readable = io_option_callback(the, xsID_onReadable, 1);
	xsSlot *on_writable = io_option_callback(the, xsID_onWritable, 2);
	io_option_target(the, 0);
	serial_t *serial = native_calloc(1, sizeof(*serial));
	if (!serial)
		xsRangeError("no memory");
	unsigned interest = (on_readable ? SERIAL_READABLE : 0) | (on_writable ? SERIAL_WRITABLE : 0);
	serial->line = serial_line_open(on_event, serial, interest);
	if (!serial->line) {
		native_free(serial);
		xsRangeError("port in use");
	}
	serial->io.destroy = destroy;
	serial->io.format = format;
	serial->io.on_readable = on_readable;
	serial->io.on_writable = on_writable;
	io_open(the, &serial->io, &serial_hooks, true);
}

void xs_serial_close(xsMachine *the)
{
	if (!xsmcGetHostData(xsThis))
		return;
	serial_t *serial = get(the);
	serial_line_close(serial->line);
	serial->line = NULL;
	io_close(the, &xsThis, &serial_hooks);
}

/* Data */

static void read_bytes(xsMachine *the, serial_t *serial, size_t available)
{
	uint8_t bytes[SERIAL_READ_LIMIT];
	xsIntegerValue requested = (xsIntegerValue)available;
	if (xsmcArgc > 0 && xsmcTypeOf(xsArg(0)) == xsReferenceType) {
		void *buffer;
		xsUnsignedValue length;
		xsmcGetBufferWritable(xsArg(0), &buffer, &length);
		if (length == 0)
			xsUnknownError("invalid byte length");
		xsmcSetInteger(xsResult, (xsIntegerValue)serial_line_read(serial->line, buffer, length));
		return;
	}
	if (xsmcArgc > 0)
		requested = xsmcToInteger(xsArg(0));
	if (requested <= 0)
		xsUnknownError("invalid byte length");
	if ((size_t)requested > available)
		requested = (xsIntegerValue)available;
	size_t count = serial_line_read(serial->line, bytes, (size_t)requested);
	if (count)
		xsmcSetArrayBuffer(xsResult, bytes, (xsIntegerValue)count);
}

void xs_serial_read(xsMachine *the)
{
	serial_t *serial = get(the);
	size_t available = serial_line_available(serial->line);
	uint8_t byte;
	if (!available)
		return;
	if (serial->io.format == IO_FORMAT_BUFFER)
		read_bytes(the, serial, available);
	else if (serial_line_read(serial->line, &byte, 1))
		xsmcSetInteger(xsResult, byte);
}

void xs_serial_write(xsMachine *the)
{
	serial_t *serial = get(the);
	void *buffer;
	xsUnsignedValue length = 1;
	uint8_t byte;
	if (serial->io.format == IO_FORMAT_BUFFER)
		xsmcGetBufferReadable(xsArg(0), &buffer, &length);
	else {
		byte = (uint8_t)xsmcToInteger(xsArg(0));
		buffer = &byte;
	}
	if (length > serial_line_space(serial->line))
		xsUnknownError("output full");
	serial_line_write(serial->line, buffer, length);
}

/* flush() empties both directions, flush(input, output) those that are true. */
void xs_serial_flush(xsMachine *the)
{
	serial_t *serial = get(the);
	bool all = xsmcArgc == 0;
	bool input = all || xsmcToBoolean(xsArg(0));
	bool output = all || (xsmcArgc > 1 && xsmcToBoolean(xsArg(1)));
	serial_line_flush(serial->line, input, output);
}

/* The line has no modem signals: the options are checked to be an object and have no effect. */
void xs_serial_set(xsMachine *the)
{
	get(the);
	if (xsmcTypeOf(xsArg(0)) != xsReferenceType)
		xsTypeError("options are no object");
}

void xs_serial_get_format(xsMachine *the)
{
	io_get_format(the, get(the)->io.format);
}

void xs_serial_set_format(xsMachine *the)
{
	serial_t *serial = get(the);
	serial->io.format = io_set_format(the, IO_FORMAT_NUMBER | IO_FORMAT_BUFFER);
}
