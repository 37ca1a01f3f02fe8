/* SPDX-License-Identifier: Apache-2.0
 *
 * What the IO classes share: the part of the native record that every instance has, options, formats, callbacks.
 *
 * Life of a record: made by the constructor when all options are checked; held once by its script object and once by
 * each call into script; freed when nobody holds it. `open` is false after close: no callback then.
 * Sources: ECMA-419 section 8 (IO class pattern); xs/includes/xs.h.
 */

#ifndef UPGATE_IO_COMMON_H
#define UPGATE_IO_COMMON_H

#include "io-memory.h"
#include "net-address.h"
#include "xsmc.h"

#include <stdbool.h>
#include <stdint.h>

enum { IO_FORMAT_NONE = 0, IO_FORMAT_NUMBER = 1, IO_FORMAT_BUFFER = 2, IO_FORMAT_SOCKET_TCP = 4 };

typedef struct io_object {
	xsMachine *the;
	xsSlot self;
	xsSlot *on_readable;
	xsSlot *on_writable;
	xsSlot *on_error;
	/* Releases what the record owns and frees it. */
	void (*destroy)(struct io_object *object);
	uint16_t holds;
	bool open;
	bool remembered;
	uint8_t format;
} io_object_t;

/* Ties a record to xsThis: host data, hooks, first hold. Not collected before io_close when remember is set. */
void io_open(xsMachine *the, io_object_t *object, const xsHostHooks *hooks, bool remember);
/* For records opened without remember that became live. */
void io_remember(io_object_t *object, xsSlot *self);
void io_forget(io_object_t *object);
/* Unties the record of `self` from its script object; false when the receiver was closed before. Throws when it is foreign. */
bool io_close(xsMachine *the, xsSlot *self, const xsHostHooks *hooks);
void io_hold(io_object_t *object);
void io_release(io_object_t *object);
/* The hooks' mark and destructor for records of this shape. */
void io_mark(xsMachine *the, void *data, xsMarkRoot mark);
void io_destructor(void *data);

/* Calls a callback on the object with a count. The record may be closed afterwards, not freed before the caller's release. */
void io_call_count(io_object_t *object, xsSlot *callback, xsIntegerValue count);
/* Calls onError with an Error that has `message` and `code`. */
void io_call_error(io_object_t *object, xsSlot *callback, const char *code, const char *message);
/* Makes an Error with `code` in xsVar(slot). */
void io_make_error(xsMachine *the, int slot, const char *code, const char *message);

/* The following read xsArg(0), the options, and throw for what they do not take; they use xsVar(slot). */

/* A function or (absent, undefined, null) NULL; xsVar(slot) keeps it from the collector. */
xsSlot *io_option_callback(xsMachine *the, xsIdentifier id, int slot);
/* `format`, one of the bits of allowed; RangeError for others. */
uint8_t io_option_format(xsMachine *the, uint8_t standard, uint8_t allowed, int slot);
/* A port in xsVar(slot): Error when undefined, RangeError out of 0 to 65535. */
uint16_t io_port(xsMachine *the, int slot);
/* An address literal in xsVar(slot); Error when it is none. */
void io_address(xsMachine *the, uint16_t port, net_address_t *address, int slot);
/* Copies `target` to xsThis. */
void io_option_target(xsMachine *the, int slot);

/* Getter and setter of `format`; the setter reads xsArg(0). */
void io_get_format(xsMachine *the, uint8_t format);
uint8_t io_set_format(xsMachine *the, uint8_t allowed);

#endif
