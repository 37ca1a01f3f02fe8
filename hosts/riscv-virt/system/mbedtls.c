// SPDX-License-Identifier: Apache-2.0
//
// What Mbed TLS wants of a machine without an operating system: random bytes, and a clock for the age of tickets.
// Source: Mbed TLS 3.6, MBEDTLS_ENTROPY_HARDWARE_ALT, MBEDTLS_PLATFORM_MS_TIME_ALT.

#include "../machine/machine.h"
#include "../machine/virtio.h"

#include <mbedtls/platform_time.h>

int mbedtls_hardware_poll(void *data, unsigned char *output, size_t length, size_t *written);

int mbedtls_hardware_poll(void *data, unsigned char *output, size_t length, size_t *written)
{
	(void)data;
	*written = 0;
	/* MBEDTLS_ERR_ENTROPY_SOURCE_FAILED */
	if (!entropy_fill(output, length))
		return -0x3c;
	*written = length;
	return 0;
}

mbedtls_ms_time_t mbedtls_ms_time(void)
{
	return (mbedtls_ms_time_t)(machine_time_us() / 1000);
}
