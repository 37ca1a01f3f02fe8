// SPDX-License-Identifier: Apache-2.0
//
// Addresses as text. Source: POSIX.1-2017, inet_pton and inet_ntop; RFC 4291 section 2.2. IPv6 by lwIP's own functions.

#include "file.h"

#include <ctype.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "lwip/ip6_addr.h"

static int read_v4(const char *text, uint8_t bytes[4])
{
	for (int i = 0; i < 4; i++) {
		unsigned value = 0;
		int digits = 0;
		for (; *text >= '0' && *text <= '9'; text++) {
			value = value * 10 + (unsigned)(*text - '0');
			if (++digits > 3 || (digits > 1 && value < 10) || value > 255)
				return 0;
		}
		if (!digits || *text++ != (i < 3 ? '.' : 0))
			return 0;
		bytes[i] = (uint8_t)value;
	}
	return 1;
}

int inet_pton(int family, const char *text, void *address)
{
	uint8_t v4[4];
	ip6_addr_t v6;
	if (family == AF_INET) {
		if (!read_v4(text, v4))
			return 0;
		memcpy(address, v4, sizeof(v4));
		return 1;
	}
	if (family != AF_INET6)
		return file_fail(EAFNOSUPPORT);
	if (!strchr(text, ':') || !ip6addr_aton(text, &v6))
		return 0;
	memcpy(address, v6.addr, 16);
	return 1;
}

const char *inet_ntop(int family, const void *address, char *text, socklen_t size)
{
	const uint8_t *bytes = address;
	char result[INET6_ADDRSTRLEN];
	ip6_addr_t v6 = {0};
	if (family == AF_INET)
		snprintf(result, sizeof(result), "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
	else {
		memcpy(v6.addr, address, 16);
		ip6addr_ntoa_r(&v6, result, sizeof(result));
		/* RFC 5952 section 4.3. */
		for (char *c = result; *c; c++)
			*c = (char)tolower((unsigned char)*c);
	}
	if (strlen(result) >= size) {
		errno = ENOSPC;
		return NULL;
	}
	return strcpy(text, result);
}

unsigned if_nametoindex(const char *name)
{
	return !strcmp(name, "en0");
}

char *if_indextoname(unsigned index, char *name)
{
	return index == 1 ? strcpy(name, "en0") : NULL;
}
