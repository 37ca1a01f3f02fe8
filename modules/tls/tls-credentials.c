/* SPDX-License-Identifier: Apache-2.0
 *
 * Natives of the context: roots, own certificate and private key, from PEM or DER bytes. What a method returns is 0, or a number of
 * Mbed TLS that failure.ts puts into words.
 */

#include "tls.h"

#include "mc.xs.h"

#include "mbedtls/psa_util.h"

#include <string.h>

/* A copy that ends in 0, as the PEM reader wants it. NULL: no memory. */
static unsigned char *copy_text(xsMachine *the, xsSlot *slot, size_t *length)
{
	void *bytes;
	xsUnsignedValue count;
	xsmcGetBufferReadable(*slot, &bytes, &count);
	unsigned char *copy = c_malloc((size_t)count + 1);
	if (!copy)
		return NULL;
	memcpy(copy, bytes, count);
	copy[count] = 0;
	*length = (size_t)count + (strstr((const char *)copy, "-----BEGIN ") ? 1 : 0);
	return copy;
}

static void wipe(unsigned char *copy, size_t length)
{
	volatile unsigned char *byte = copy;
	while (length--)
		*byte++ = 0;
	c_free(copy);
}

/* Adds certificates to a list: PEM, one or more, or one in DER. Returns how many could not be read when above 0. */
static int parse_certificates(xsMachine *the, xsSlot *slot, mbedtls_x509_crt *list)
{
	size_t length;
	unsigned char *copy = copy_text(the, slot, &length);
	if (!copy)
		return MBEDTLS_ERR_X509_ALLOC_FAILED;
	int status = mbedtls_x509_crt_parse(list, copy, length);
	c_free(copy);
	return status;
}

/* (bytes): as parse_certificates. */
void xs_tls_context_addRoots(xsMachine *the)
{
	tls_context_t *context = tls_context_get(the, &xsThis);
	int status = parse_certificates(the, &xsArg(0), &context->roots);
	if (status >= 0)
		mbedtls_ssl_conf_ca_chain(&context->config, &context->roots, NULL);
	xsmcSetInteger(xsResult, status);
}

/* (bytes): as parse_certificates; own certificate first, then the chain. */
void xs_tls_context_setCertificate(xsMachine *the)
{
	tls_context_t *context = tls_context_get(the, &xsThis);
	xsmcSetInteger(xsResult, parse_certificates(the, &xsArg(0), &context->own));
}

static int parse_key(mbedtls_pk_context *key, const unsigned char *bytes, size_t length)
{
#if MBEDTLS_VERSION_MAJOR < 4
	return mbedtls_pk_parse_key(key, bytes, length, NULL, 0, mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
#else
	return mbedtls_pk_parse_key(key, bytes, length, NULL, 0);
#endif
}

static int check_pair(const mbedtls_pk_context *certificate, const mbedtls_pk_context *key)
{
#if MBEDTLS_VERSION_MAJOR < 4
	return mbedtls_pk_check_pair(certificate, key, mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
#else
	return mbedtls_pk_check_pair(certificate, key);
#endif
}

#if MBEDTLS_VERSION_MAJOR < 4
/* 3.6 keeps a parsed RSA key as numbers and copies it into PSA for each signature, 4 KB more in a handshake than one that lies there
 * from the start. What it may do is said by its first algorithm (TLS 1.2) and its second (TLS 1.3). */
static int keep_in_psa(tls_context_t *context)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	if (!mbedtls_pk_can_do(&context->key, MBEDTLS_PK_RSA))
		return 0;
	int status = mbedtls_pk_get_psa_attributes(&context->key, PSA_KEY_USAGE_SIGN_HASH, &attributes);
	if (status)
		return status;
	psa_set_key_algorithm(&attributes, PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_ANY_HASH));
	psa_set_key_enrollment_algorithm(&attributes, PSA_ALG_RSA_PSS(PSA_ALG_ANY_HASH));
	status = mbedtls_pk_import_into_psa(&context->key, &attributes, &context->psa_key);
	if (status)
		return status;
	mbedtls_pk_free(&context->key);
	return mbedtls_pk_setup_opaque(&context->key, context->psa_key);
}
#else
static int keep_in_psa(tls_context_t *context)
{
	(void)context;
	return 0;
}
#endif

/* (bytes): the private key of the certificate that was set, PEM or DER, not encrypted. MBEDTLS_ERR_PK_KEY_INVALID...: other codes. */
void xs_tls_context_setKey(xsMachine *the)
{
	tls_context_t *context = tls_context_get(the, &xsThis);
	size_t length = 0;
	unsigned char *copy = copy_text(the, &xsArg(0), &length);
	int status = MBEDTLS_ERR_PK_ALLOC_FAILED;
	if (copy) {
		status = parse_key(&context->key, copy, length);
		wipe(copy, length);
	}
	if (!status && check_pair(&context->own.pk, &context->key))
		status = 1;
	if (!status)
		status = keep_in_psa(context);
	if (!status)
		status = mbedtls_ssl_conf_own_cert(&context->config, &context->own, &context->key);
	xsmcSetInteger(xsResult, status);
}
