/* SPDX-License-Identifier: Apache-2.0
 *
 * `embedded:network/dns/resolver/udp` for script. Address literals and localhost are answered without a lookup, others by
 * the system's resolver (lookup.c). One callback for each accepted request, in a later turn; none after close.
 * Sources: Moddable SDK 8.2.3, examples/io/udp/dns; RFC 6761 section 6.3 (localhost).
 */

#include "io-common.h"
#include "lookup.h"

#include "../loop/loop.h"

#include "mc.xs.h"

#include <string.h>
#include <strings.h>

/* A request that the system's resolver has not answered by then fails. */
#define RESOLVER_DEADLINE_MS 20000
/* Requests of one resolver; with more the lookup is refused by onError, with twice as many by an exception. */
#define RESOLVER_REQUEST_LIMIT 32
/* Longer hosts are an error of the caller; those over LOOKUP_NAME_LIMIT have no address. */
#define RESOLVER_HOST_LIMIT 1024

typedef struct request request_t;

typedef struct {
	io_object_t io;
	request_t *requests;
	unsigned count;
	int family;
} resolver_t;

struct request {
	request_t *next;
	resolver_t *resolver;
	xsSlot *on_resolved;
	xsSlot *on_error;
	lookup_t *lookup;
	loop_deferred_t *deferred;
	loop_timer_t *deadline;
	lookup_status_t status;
	net_address_t address;
	char host[];
};

void xs_resolver_destructor(void *data);

static void mark(xsMachine *the, void *data, xsMarkRoot mark_root)
{
	resolver_t *resolver = data;
	for (request_t *request = resolver->requests; request; request = request->next) {
		if (request->on_resolved)
			(*mark_root)(the, request->on_resolved);
		if (request->on_error)
			(*mark_root)(the, request->on_error);
	}
}

static const xsHostHooks resolver_hooks = {xs_resolver_destructor, mark, NULL};

static resolver_t *get(xsMachine *the)
{
	return xsmcGetHostDataValidate(xsThis, (void *)&resolver_hooks);
}

static void drop(request_t *request)
{
	resolver_t *resolver = request->resolver;
	request_t **link = &resolver->requests;
	while (*link && *link != request)
		link = &(*link)->next;
	if (*link) {
		*link = request->next;
		resolver->count--;
	}
	if (request->lookup)
		lookup_cancel(request->lookup);
	loop_defer_cancel(request->deferred);
	loop_timer_cancel(request->deadline);
	native_free(request);
	if (!resolver->requests)
		io_forget(&resolver->io);
}

static void destroy(io_object_t *object)
{
	resolver_t *resolver = (resolver_t *)object;
	while (resolver->requests)
		drop(resolver->requests);
	native_free(resolver);
}

void xs_resolver_destructor(void *data)
{
	io_destructor(data);
}

/* Answers */

static const char *error_code(lookup_status_t status)
{
	if (status == LOOKUP_NAME)
		return "RESOLVER_NAME";
	if (status == LOOKUP_TIMEOUT)
		return "RESOLVER_TIMEOUT";
	return status == LOOKUP_BUSY ? "RESOLVER_BUSY" : "RESOLVER_FAILED";
}

static const char *error_text(lookup_status_t status)
{
	if (status == LOOKUP_NAME)
		return "no address for this name";
	if (status == LOOKUP_TIMEOUT)
		return "no answer in time";
	return status == LOOKUP_BUSY ? "too many requests" : "the name servers cannot answer";
}

/* Ends a request and calls its owner back; the request is gone when script runs. */
static void answer(request_t *request)
{
	resolver_t *resolver = request->resolver;
	bool found = request->status == LOOKUP_FOUND;
	xsSlot *callback = found ? request->on_resolved : request->on_error;
	char address[NET_ADDRESS_TEXT];
	io_hold(&resolver->io);
	xsBeginHost(resolver->io.the);
	xsmcVars(4);
	xsVar(0) = xsReference(callback);
	xsVar(1) = resolver->io.self;
	xsmcSetString(xsVar(2), request->host);
	if (found) {
		net_address_format(&request->address, address);
		xsmcSetString(xsVar(3), address);
	} else
		io_make_error(the, 3, error_code(request->status), error_text(request->status));
	drop(request);
	if (callback)
		xsCallFunction2(xsVar(0), xsVar(1), xsVar(2), xsVar(3));
	xsEndHost(resolver->io.the);
	io_release(&resolver->io);
}

static void on_deferred(void *ctx)
{
	request_t *request = ctx;
	request->deferred = NULL;
	answer(request);
}

static void on_lookup(void *ctx, lookup_status_t status, const net_address_t *address)
{
	request_t *request = ctx;
	request->lookup = NULL;
	request->status = status;
	request->address = *address;
	answer(request);
}

static void on_deadline(void *ctx)
{
	request_t *request = ctx;
	request->deadline = NULL;
	request->status = LOOKUP_TIMEOUT;
	answer(request);
}

/* Constructor, resolve, close */

static int option_family(xsMachine *the, int standard)
{
	if (!xsmcHas(xsArg(0), xsID_family))
		return standard;
	xsmcGet(xsVar(0), xsArg(0), xsID_family);
	if (xsmcTypeOf(xsVar(0)) == xsUndefinedType)
		return standard;
	xsIntegerValue family = xsmcToInteger(xsVar(0));
	if (family == 0)
		return AF_UNSPEC;
	if (family != 4 && family != 6)
		xsRangeError("family is 0, 4 or 6");
	return family == 4 ? AF_INET : AF_INET6;
}

/* The options of the SDK's class, `servers` and `socket`, are accepted and not needed. */
void xs_resolver_constructor(xsMachine *the)
{
	int family = AF_UNSPEC;
	if (xsmcArgc > 0 && xsmcTypeOf(xsArg(0)) == xsReferenceType) {
		xsmcVars(1);
		family = option_family(the, family);
		io_option_target(the, 0);
	}
	resolver_t *resolver = native_calloc(1, sizeof(*resolver));
	if (!resolver)
		xsRangeError("no memory");
	resolver->family = family;
	resolver->io.destroy = destroy;
	io_open(the, &resolver->io, &resolver_hooks, false);
}

void xs_resolver_close(xsMachine *the)
{
	if (!xsmcGetHostData(xsThis))
		return;
	resolver_t *resolver = get(the);
	while (resolver->requests)
		drop(resolver->requests);
	io_close(the, &xsThis, &resolver_hooks);
}

static bool is_localhost(const char *host)
{
	static const char suffix[] = ".localhost";
	size_t length = strlen(host);
	if (!strcasecmp(host, "localhost"))
		return true;
	return length >= sizeof(suffix) && !strcasecmp(host + length - (sizeof(suffix) - 1), suffix);
}

/* What is known without a lookup; false when a lookup is needed. */
static bool known(request_t *request, int family, bool room)
{
	net_address_t *address = &request->address;
	const char *loopback = family == AF_INET6 ? "::1" : "127.0.0.1";
	request->status = LOOKUP_FOUND;
	if (net_address_parse(is_localhost(request->host) ? loopback : request->host, 0, address)) {
		if (family != AF_UNSPEC && family != address->any.sa_family)
			request->status = LOOKUP_NAME;
		return true;
	}
	request->status = strlen(request->host) > LOOKUP_NAME_LIMIT ? LOOKUP_NAME : LOOKUP_BUSY;
	return request->status == LOOKUP_NAME || !room;
}

static void start(request_t *request, int family, bool room)
{
	if (!known(request, family, room)) {
		request->lookup = lookup_start(request->host, family, on_lookup, request);
		if (request->lookup) {
			uint64_t due = loop_now() + (uint64_t)(RESOLVER_DEADLINE_MS * loop_time_scale());
			loop_timer_set(due, on_deadline, request, &request->deadline);
			return;
		}
	}
	loop_defer(on_deferred, request, &request->deferred);
}

static request_t *create_request(xsMachine *the, resolver_t *resolver, const char *host)
{
	size_t length = strlen(host);
	request_t *request = native_calloc(1, sizeof(*request) + length + 1);
	if (!request)
		xsRangeError("no memory");
	memcpy(request->host, host, length + 1);
	request->resolver = resolver;
	return request;
}

void xs_resolver_resolve(xsMachine *the)
{
	resolver_t *resolver = get(the);
	xsmcVars(4);
	int family = option_family(the, resolver->family);
	xsSlot *on_resolved = io_option_callback(the, xsID_onResolved, 1);
	xsSlot *on_error = io_option_callback(the, xsID_onError, 2);
	if (!on_resolved && !on_error)
		xsUnknownError("no callback");
	xsmcGet(xsVar(3), xsArg(0), xsID_host);
	if (!xsmcTest(xsVar(3)))
		xsUnknownError("no host");
	const char *host = xsmcToString(xsVar(3));
	if (strlen(host) > RESOLVER_HOST_LIMIT)
		xsRangeError("host too long");
	bool room = resolver->count < RESOLVER_REQUEST_LIMIT;
	if (resolver->count >= 2 * RESOLVER_REQUEST_LIMIT)
		xsUnknownError("too many requests");
	request_t *request = create_request(the, resolver, host);
	request->on_resolved = on_resolved;
	request->on_error = on_error;
	request_t **link = &resolver->requests;
	while (*link)
		link = &(*link)->next;
	*link = request;
	resolver->count++;
	io_remember(&resolver->io, &xsThis);
	start(request, family, room);
}
