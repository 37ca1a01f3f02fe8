/* SPDX-License-Identifier: Apache-2.0
 *
 * A key made on the device and the request for its certificate. Sources: RFC 2986 (PKCS#10), RFC 5915 (the form of the key); Mbed TLS
 * 3.6 and 4.0, x509_csr.h; PSA Crypto API 1.0, key generation.
 */

#include "certificates.h"

#include "mc.xs.h"

#include "mbedtls/platform_util.h"
#include "mbedtls/x509_csr.h"
#include "psa/crypto.h"
#if MBEDTLS_VERSION_MAJOR < 4
#include "mbedtls/psa_util.h"
#endif

#define KEY_BITS 256
/* A P-256 key takes 121. */
#define KEY_BYTES 160
#define SUBJECT_BYTES 256
/* About 200 and twice the subject at most. */
#define REQUEST_BYTES 1024

static int generate(mbedtls_pk_context *key)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	mbedtls_svc_key_id_t id = MBEDTLS_SVC_KEY_ID_INIT;
	psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_bits(&attributes, KEY_BITS);
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_EXPORT);
	psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
	int status = (int)psa_generate_key(&attributes, &id);
	if (status)
		return status;
	status = mbedtls_pk_copy_from_psa(id, key);
	psa_destroy_key(id);
	return status;
}

/* What the library wrote at the end of the buffer, or its number. */
static void set_result(xsMachine *the, unsigned char *bytes, size_t size, int status)
{
	if (status > 0)
		xsmcSetArrayBuffer(xsResult, bytes + size - status, status);
	else
		xsmcSetInteger(xsResult, status);
}

/* (): a new P-256 key in DER (RFC 5915), from the random generator of PSA. */
void xs_certificates_generateKey(xsMachine *the)
{
	unsigned char bytes[KEY_BYTES];
	mbedtls_pk_context key;
	mbedtls_pk_init(&key);
	int status = (int)psa_crypto_init();
	if (!status)
		status = generate(&key);
	if (!status)
		status = mbedtls_pk_write_key_der(&key, bytes, sizeof(bytes));
	mbedtls_pk_free(&key);
	set_result(the, bytes, sizeof(bytes), status);
	mbedtls_platform_zeroize(bytes, sizeof(bytes));
}

static int write_request(mbedtls_pk_context *key, const char *subject, unsigned char *bytes)
{
	mbedtls_x509write_csr request;
	mbedtls_x509write_csr_init(&request);
	mbedtls_x509write_csr_set_key(&request, key);
	mbedtls_x509write_csr_set_md_alg(&request, MBEDTLS_MD_SHA256);
	int status = mbedtls_x509write_csr_set_subject_name(&request, subject);
	if (!status) {
#if MBEDTLS_VERSION_MAJOR < 4
		status =
			mbedtls_x509write_csr_der(&request, bytes, REQUEST_BYTES, mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
#else
		status = mbedtls_x509write_csr_der(&request, bytes, REQUEST_BYTES);
#endif
	}
	mbedtls_x509write_csr_free(&request);
	return status;
}

/* (private key, subject as "CN=a,O=b"): the request in DER. */
void xs_certificates_writeRequest(xsMachine *the)
{
	unsigned char bytes[REQUEST_BYTES];
	char subject[SUBJECT_BYTES];
	mbedtls_pk_context key;
	xsmcToStringBuffer(xsArg(1), subject, sizeof(subject));
	mbedtls_pk_init(&key);
	int status = (int)psa_crypto_init();
	if (!status)
		status = certificates_parse_key(the, &xsArg(0), &key);
	if (!status)
		status = write_request(&key, subject, bytes);
	mbedtls_pk_free(&key);
	set_result(the, bytes, sizeof(bytes), status);
}
