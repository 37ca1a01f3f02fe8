/* SPDX-License-Identifier: Apache-2.0
 *
 * Text of addresses, byte order (POSIX.1-2017, arpa/inet.h).
 */

#ifndef UPGATE_ARPA_INET_H
#define UPGATE_ARPA_INET_H

#include <endian.h>
#include <stdint.h>
#include <sys/socket.h>

#define htons(value) __builtin_bswap16(value)
#define ntohs(value) __builtin_bswap16(value)
#define htonl(value) __builtin_bswap32(value)
#define ntohl(value) __builtin_bswap32(value)

int inet_pton(int family, const char *text, void *address);
const char *inet_ntop(int family, const void *address, char *text, socklen_t size);

#endif
