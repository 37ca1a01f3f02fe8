/* SPDX-License-Identifier: Apache-2.0
 *
 * What the IO classes share: records, options, formats, callbacks. Sources: ECMA-419 section 8; xs/includes/xs.h.
 */

#include "io-common.h"

#include "mc.xs.h"

#include <string.h>

/* Records */

void io_open(xsMachine *the, io_object_t *object, const xsHostHooks *hooks, bool remember)
{
	object->the = the;
	object->holds = 1;
	object->open = true;
	xsmcSetHostData(xsThis, object);
	xsSetHostHooks(xsThis, (xsHostHooks *)hooks);
	if (remember)
		io_remember(object, &xsThis);
}

void io_remember(io_object_t *object, xsSlot *self)
{
	xsMachine *the = object->the;
	if (object->remembered)
		return;
	object->self = *self;
	xsRemember(object->self);
	object->remembered = true;
}

void io_forget(io_object_t *object)
{
	xsMachine *the = object->the;
	if (object->remembered)
		xsForget(object->self);
	object->remembered = false;
}

bool io_close(xsMachine *the, xsSlot *self, const xsHostHooks *hooks)
{
	if (!xsmcGetHostData(*self))
		return false;
	io_object_t *object = xsmcGetHostDataValidate(*self, (void *)hooks);
	object->open = false;
	xsmcSetHostData(*self, NULL);
	xsmcSetHostDestructor(*self, NULL);
	io_forget(object);
	io_release(object);
	return true;
}

void io_hold(io_object_t *object)
{
	object->holds++;
}

void io_release(io_object_t *object)
{
	if (--object->holds == 0)
		object->destroy(object);
}

void io_mark(xsMachine *the, void *data, xsMarkRoot mark)
{
	io_object_t *object = data;
	if (object->on_readable)
		(*mark)(the, object->on_readable);
	if (object->on_writable)
		(*mark)(the, object->on_writable);
	if (object->on_error)
		(*mark)(the, object->on_error);
}

void io_destructor(void *data)
{
	io_object_t *object = data;
	if (!object)
		return;
	object->open = false;
	object->remembered = false;
	io_release(object);
}

/* Callbacks */

void io_call_count(io_object_t *object, xsSlot *callback, xsIntegerValue count)
{
	xsBeginHost(object->the);
	xsmcSetInteger(xsResult, count);
	xsCallFunction1(xsReference(callback), object->self, xsResult);
	xsEndHost(object->the);
}

void io_make_error(xsMachine *the, int slot, const char *code, const char *message)
{
	xsmcSetString(xsVar(slot), (xsStringValue)message);
	xsmcNew(xsResult, xsGlobal, xsID_Error, &xsVar(slot), NULL);
	xsmcSetString(xsVar(slot), (xsStringValue)code);
	xsmcSet(xsResult, xsID_code, xsVar(slot));
	xsVar(slot) = xsResult;
}

void io_call_error(io_object_t *object, xsSlot *callback, const char *code, const char *message)
{
	xsBeginHost(object->the);
	xsmcVars(1);
	io_make_error(the, 0, code, message);
	xsCallFunction1(xsReference(callback), object->self, xsVar(0));
	xsEndHost(object->the);
}

/* Options */

xsSlot *io_option_callback(xsMachine *the, xsIdentifier id, int slot)
{
	xsmcGet(xsVar(slot), xsArg(0), id);
	xsType type = xsmcTypeOf(xsVar(slot));
	if (type == xsUndefinedType || type == xsNullType)
		return NULL;
	if (!xsmcIsCallable(xsVar(slot)))
		xsUnknownError("callback is not a function");
	return fxToReference(the, &xsVar(slot));
}

static const struct {
	const char *name;
	uint8_t format;
} formats[] = {
	{"number", IO_FORMAT_NUMBER},
	{"buffer", IO_FORMAT_BUFFER},
	{"socket/tcp", IO_FORMAT_SOCKET_TCP},
};

static uint8_t format_of(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (!strcmp(formats[i].name, name))
			return formats[i].format;
	return IO_FORMAT_NONE;
}

uint8_t io_option_format(xsMachine *the, uint8_t standard, uint8_t allowed, int slot)
{
	xsmcGet(xsVar(slot), xsArg(0), xsID_format);
	if (!xsmcTest(xsVar(slot)))
		return standard;
	uint8_t format = format_of(xsmcToString(xsVar(slot)));
	if (!(format & allowed))
		xsRangeError("format not supported");
	return format;
}

uint16_t io_port(xsMachine *the, int slot)
{
	if (xsmcTypeOf(xsVar(slot)) == xsUndefinedType)
		xsUnknownError("port missing");
	xsNumberValue port = xsmcToNumber(xsVar(slot));
	if (!(port >= 0 && port <= 65535))
		xsRangeError("invalid port");
	return (uint16_t)port;
}

void io_address(xsMachine *the, uint16_t port, net_address_t *address, int slot)
{
	char text[NET_ADDRESS_TEXT];
	xsmcToStringBuffer(xsVar(slot), text, sizeof(text));
	if (!net_address_parse(text, port, address))
		xsUnknownError("invalid address");
}

void io_option_target(xsMachine *the, int slot)
{
	if (!xsmcHas(xsArg(0), xsID_target))
		return;
	xsmcGet(xsVar(slot), xsArg(0), xsID_target);
	xsmcSet(xsThis, xsID_target, xsVar(slot));
}

void io_get_format(xsMachine *the, uint8_t format)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (formats[i].format == format)
			xsmcSetString(xsResult, (xsStringValue)formats[i].name);
}

uint8_t io_set_format(xsMachine *the, uint8_t allowed)
{
	uint8_t format = format_of(xsmcToString(xsArg(0)));
	if (!(format & allowed))
		xsRangeError("format not supported");
	return format;
}
