/* SPDX-License-Identifier: Apache-2.0
 *
 * Name lookup by the system's resolver (hosts file, DNS servers of resolv.conf) in one helper thread, so that the event
 * loop never waits. At most LOOKUP_LIMIT lookups are queued or running. Source: getaddrinfo(3).
 */

#ifndef UPGATE_LOOKUP_H
#define UPGATE_LOOKUP_H

#include "net-address.h"

#define LOOKUP_LIMIT 8
/* Longest name of RFC 1035 in text form. */
#define LOOKUP_NAME_LIMIT 253

typedef enum { LOOKUP_FOUND, LOOKUP_NAME, LOOKUP_FAILED, LOOKUP_TIMEOUT, LOOKUP_BUSY } lookup_status_t;

typedef struct lookup lookup_t;
/* Called from the loop; the lookup is dead then. address is valid for LOOKUP_FOUND. */
typedef void (*lookup_fn)(void *ctx, lookup_status_t status, const net_address_t *address);

/* Starts a lookup. family: AF_UNSPEC, AF_INET or AF_INET6. NULL when there are too many or no memory. */
lookup_t *lookup_start(const char *name, int family, lookup_fn fn, void *ctx);
/* fn is not called any more. */
void lookup_cancel(lookup_t *lookup);

#endif
