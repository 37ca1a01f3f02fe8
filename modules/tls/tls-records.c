/* SPDX-License-Identifier: Apache-2.0
 *
 * The record layer of Mbed TLS has buffers of a length that is fixed when the library is compiled. Where we build it (Linux), that
 * part is there twice: with buffers for any peer, and with small ones (4 KB in, 2 KB out) for peers that agree to small records.
 * What touches the buffers of a connection is called through the table of its own half; all else is the same code for both.
 */

#include "tls.h"

#include <stddef.h>

static const tls_records_t full = {
	mbedtls_ssl_setup,
	mbedtls_ssl_free,
	mbedtls_ssl_handshake_step,
	mbedtls_ssl_read,
	mbedtls_ssl_write,
	mbedtls_ssl_close_notify,
};

#if defined(UPGATE_TLS_HAS_SMALL)

int small_mbedtls_ssl_setup(mbedtls_ssl_context *ssl, const mbedtls_ssl_config *config);
void small_mbedtls_ssl_free(mbedtls_ssl_context *ssl);
int small_mbedtls_ssl_handshake_step(mbedtls_ssl_context *ssl);
int small_mbedtls_ssl_read(mbedtls_ssl_context *ssl, unsigned char *buffer, size_t length);
int small_mbedtls_ssl_write(mbedtls_ssl_context *ssl, const unsigned char *buffer, size_t length);
int small_mbedtls_ssl_close_notify(mbedtls_ssl_context *ssl);

static const tls_records_t small = {
	small_mbedtls_ssl_setup,
	small_mbedtls_ssl_free,
	small_mbedtls_ssl_handshake_step,
	small_mbedtls_ssl_read,
	small_mbedtls_ssl_write,
	small_mbedtls_ssl_close_notify,
};

const tls_records_t *tls_records(bool wants_small)
{
	return wants_small ? &small : &full;
}

#else

const tls_records_t *tls_records(bool wants_small)
{
	return wants_small ? NULL : &full;
}

#endif
