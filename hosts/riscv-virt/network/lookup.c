// SPDX-License-Identifier: Apache-2.0
//
// Name lookup by lwIP's resolver, with the name servers that DHCP gave. Stands in the place of hosts/linux/io/lookup.c.
// Source: lwIP 2.1, dns.c. IPv4 addresses only; lwIP does not tell a name without an address from servers that do not answer.

#include "../../linux/io/lookup.h"

#include "../../linux/io/io-memory.h"
#include "../../linux/loop/loop.h"

#include <string.h>

#include "lwip/dns.h"

struct lookup {
	/* NULL after cancel: lwIP cannot be told, so the record waits for its answer. */
	lookup_fn fn;
	void *ctx;
	loop_deferred_t *deferred;
	lookup_status_t status;
	net_address_t address;
	bool asked;
};

static unsigned running;

static void finish(void *context)
{
	lookup_t *lookup = context;
	lookup_fn fn = lookup->fn;
	void *ctx = lookup->ctx;
	lookup_status_t status = lookup->status;
	net_address_t address = lookup->address;
	running--;
	native_free(lookup);
	if (fn)
		fn(ctx, status, &address);
}

static void note(lookup_t *lookup, const ip_addr_t *found)
{
	lookup->asked = false;
	lookup->status = found ? LOOKUP_FOUND : LOOKUP_FAILED;
	net_address_any(AF_INET, 0, &lookup->address);
	if (found)
		lookup->address.v4.sin_addr.s_addr = ip_addr_get_ip4_u32(found);
}

/* Not from within lwIP: the answer's owner may open sockets. */
static void on_found(const char *name, const ip_addr_t *found, void *context)
{
	lookup_t *lookup = context;
	(void)name;
	note(lookup, found);
	if (!lookup->fn || loop_defer(finish, lookup, &lookup->deferred) < 0)
		finish(lookup);
}

/* No such name can be: no server is asked. */
static bool has_empty_label(const char *name)
{
	return name[0] == '.' || strstr(name, "..") != NULL;
}

/* ERR_INPROGRESS when the answer comes later. */
static err_t ask(lookup_t *lookup, const char *name, int family, ip_addr_t *found)
{
	if (family == AF_INET6 || has_empty_label(name))
		return ERR_ARG;
	return dns_gethostbyname_addrtype(name, found, on_found, lookup, LWIP_DNS_ADDRTYPE_IPV4);
}

lookup_t *lookup_start(const char *name, int family, lookup_fn fn, void *ctx)
{
	ip_addr_t found;
	if (running >= LOOKUP_LIMIT || strlen(name) > LOOKUP_NAME_LIMIT)
		return NULL;
	lookup_t *lookup = native_calloc(1, sizeof(*lookup));
	if (!lookup)
		return NULL;
	lookup->fn = fn;
	lookup->ctx = ctx;
	err_t error = ask(lookup, name, family, &found);
	lookup->asked = error == ERR_INPROGRESS;
	if (!lookup->asked) {
		note(lookup, error == ERR_OK ? &found : NULL);
		if (error == ERR_ARG)
			lookup->status = LOOKUP_NAME;
		if (loop_defer(finish, lookup, &lookup->deferred) < 0) {
			native_free(lookup);
			return NULL;
		}
	}
	running++;
	return lookup;
}

void lookup_cancel(lookup_t *lookup)
{
	lookup->fn = NULL;
	if (lookup->asked)
		return;
	loop_defer_cancel(lookup->deferred);
	running--;
	native_free(lookup);
}
