/* SPDX-License-Identifier: Apache-2.0
 *
 * What lwIP wants to know of compiler and machine. Source: lwIP 2.1, src/include/lwip/arch.h.
 */

#ifndef UPGATE_LWIP_ARCH_CC_H
#define UPGATE_LWIP_ARCH_CC_H

#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>

#define LWIP_ERRNO_STDINCLUDE 1
#define LWIP_NO_UNISTD_H 0
#define BYTE_ORDER LITTLE_ENDIAN

/* A random number: ports, sequence numbers, identifiers of DNS requests. */
uint32_t network_random(void);
#define LWIP_RAND() network_random()

#define LWIP_PLATFORM_DIAG(x)
#define LWIP_PLATFORM_ASSERT(x) abort()

#endif
