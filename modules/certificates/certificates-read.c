/* SPDX-License-Identifier: Apache-2.0
 *
 * What a certificate or key says, and whether two of them belong together. Sources: RFC 5280; Mbed TLS 3.6 and 4.0, x509_crt.h and
 * pk.h. Of mbedtls_x509_crt only fields are used that these headers make public: subject, issuer, valid_from, valid_to, pk.
 */

#include "certificates.h"

#include "mc.xs.h"

#include "psa/crypto.h"
#if MBEDTLS_VERSION_MAJOR < 4
#include "mbedtls/psa_util.h"
#endif

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NAME_BYTES 256
#define KIND_BYTES 24
#define TIME_BYTES 32
/* SubjectPublicKeyInfo; RSA with 4096 bits takes 550. */
#define PUBLIC_BYTES 640

/* All of a certificate or key that is told; filled before script memory is asked for. */
typedef struct {
	char subject[NAME_BYTES];
	char issuer[NAME_BYTES];
	char kind[KIND_BYTES];
	mbedtls_x509_time from;
	mbedtls_x509_time to;
	bool is_ca;
	/* At the end of `key`, as the library writes it. */
	int key_length;
	unsigned char key[PUBLIC_BYTES];
} facts_t;

int certificates_parse_key(xsMachine *the, xsSlot *slot, mbedtls_pk_context *key)
{
	void *bytes;
	xsUnsignedValue count;
	xsmcGetBufferReadable(*slot, &bytes, &count);
#if MBEDTLS_VERSION_MAJOR < 4
	return mbedtls_pk_parse_key(key, bytes, count, NULL, 0, mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
#else
	return mbedtls_pk_parse_key(key, bytes, count, NULL, 0);
#endif
}

static int parse_public_key(xsMachine *the, xsSlot *slot, mbedtls_pk_context *key)
{
	void *bytes;
	xsUnsignedValue count;
	xsmcGetBufferReadable(*slot, &bytes, &count);
	return mbedtls_pk_parse_public_key(key, bytes, count);
}

static int parse_certificate(xsMachine *the, xsSlot *slot, mbedtls_x509_crt *certificate)
{
	void *bytes;
	xsUnsignedValue count;
	xsmcGetBufferReadable(*slot, &bytes, &count);
	return mbedtls_x509_crt_parse_der(certificate, bytes, count);
}

static int check_pair(const mbedtls_pk_context *certificate, const mbedtls_pk_context *key)
{
#if MBEDTLS_VERSION_MAJOR < 4
	return mbedtls_pk_check_pair(certificate, key, mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
#else
	return mbedtls_pk_check_pair(certificate, key);
#endif
}

/* "P-256", "RSA 2048"; "unknown" for what PSA has no name for. */
static void describe_kind(const mbedtls_pk_context *key, char *text)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	const char *name = NULL;
	if (!mbedtls_pk_get_psa_attributes(key, PSA_KEY_USAGE_VERIFY_HASH, &attributes)) {
		psa_key_type_t type = psa_get_key_type(&attributes);
		if (PSA_KEY_TYPE_IS_RSA(type))
			name = "RSA ";
		else if (PSA_KEY_TYPE_IS_ECC(type))
			name = PSA_KEY_TYPE_ECC_GET_FAMILY(type) == PSA_ECC_FAMILY_SECP_R1 ? "P-" : "EC ";
	}
	if (name)
		snprintf(text, KIND_BYTES, "%s%u", name, (unsigned)psa_get_key_bits(&attributes));
	else
		snprintf(text, KIND_BYTES, "unknown");
	psa_reset_key_attributes(&attributes);
}

/* @returns 0, or a number of Mbed TLS */
static int describe_key(const mbedtls_pk_context *key, facts_t *facts)
{
	describe_kind(key, facts->kind);
	facts->key_length = mbedtls_pk_write_pubkey_der(key, facts->key, sizeof(facts->key));
	return facts->key_length < 0 ? facts->key_length : 0;
}

static int describe_certificate(const mbedtls_x509_crt *certificate, facts_t *facts)
{
	/* A name longer than the room there is comes cut off, with an error that does not matter here. */
	(void)mbedtls_x509_dn_gets(facts->subject, NAME_BYTES, &certificate->subject);
	(void)mbedtls_x509_dn_gets(facts->issuer, NAME_BYTES, &certificate->issuer);
	facts->from = certificate->valid_from;
	facts->to = certificate->valid_to;
	/* Without the extension key usage all is allowed. */
	facts->is_ca = mbedtls_x509_crt_get_ca_istrue(certificate) == 1 &&
		!mbedtls_x509_crt_check_key_usage(certificate, MBEDTLS_X509_KU_KEY_CERT_SIGN);
	return describe_key(&certificate->pk, facts);
}

/* Only ASCII, whatever the library lets through: a string of the engine has to be UTF-8. */
static void set_text(xsMachine *the, xsIdentifier id, char *text)
{
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < 0x20 || (unsigned char)*c > 0x7E)
			*c = '?';
	xsmcSetString(xsVar(0), text);
	xsmcSet(xsResult, id, xsVar(0));
}

static void set_time(xsMachine *the, xsIdentifier id, const mbedtls_x509_time *time)
{
	char text[TIME_BYTES];
	snprintf(text, sizeof(text), "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)time->year % 10000,
		(unsigned)time->mon % 100, (unsigned)time->day % 100, (unsigned)time->hour % 100, (unsigned)time->min % 100,
		(unsigned)time->sec % 100);
	set_text(the, id, text);
}

static void set_key(xsMachine *the, facts_t *facts)
{
	set_text(the, xsID_keyKind, facts->kind);
	xsmcSetArrayBuffer(xsVar(0), facts->key + sizeof(facts->key) - facts->key_length, facts->key_length);
	xsmcSet(xsResult, xsID_publicKey, xsVar(0));
}

/* (DER): {subject, issuer, from, to, isCA, keyKind, publicKey} */
void xs_certificates_readCertificate(xsMachine *the)
{
	facts_t facts = {0};
	mbedtls_x509_crt certificate;
	xsmcVars(1);
	mbedtls_x509_crt_init(&certificate);
	int status = (int)psa_crypto_init();
	if (!status)
		status = parse_certificate(the, &xsArg(0), &certificate);
	if (!status)
		status = describe_certificate(&certificate, &facts);
	mbedtls_x509_crt_free(&certificate);
	if (status) {
		xsmcSetInteger(xsResult, status);
		return;
	}
	xsmcSetNewObject(xsResult);
	set_text(the, xsID_subject, facts.subject);
	set_text(the, xsID_issuer, facts.issuer);
	set_time(the, xsID_from, &facts.from);
	set_time(the, xsID_to, &facts.to);
	xsmcSetBoolean(xsVar(0), facts.is_ca);
	xsmcSet(xsResult, xsID_isCA, xsVar(0));
	set_key(the, &facts);
}

/* (DER, private): {keyKind, publicKey}; of a private key its public half. */
void xs_certificates_readKey(xsMachine *the)
{
	facts_t facts = {0};
	mbedtls_pk_context key;
	xsmcVars(1);
	mbedtls_pk_init(&key);
	int status = (int)psa_crypto_init();
	if (!status)
		status = xsmcToBoolean(xsArg(1)) ? certificates_parse_key(the, &xsArg(0), &key)
										 : parse_public_key(the, &xsArg(0), &key);
	if (!status)
		status = describe_key(&key, &facts);
	mbedtls_pk_free(&key);
	if (status) {
		xsmcSetInteger(xsResult, status);
		return;
	}
	xsmcSetNewObject(xsResult);
	set_key(the, &facts);
}

/* (certificate, private key): whether they belong together; not when one of them cannot be read. */
void xs_certificates_fits(xsMachine *the)
{
	mbedtls_x509_crt certificate;
	mbedtls_pk_context key;
	mbedtls_x509_crt_init(&certificate);
	mbedtls_pk_init(&key);
	bool fits = !psa_crypto_init() && !parse_certificate(the, &xsArg(0), &certificate) &&
		!certificates_parse_key(the, &xsArg(1), &key) && !check_pair(&certificate.pk, &key);
	mbedtls_pk_free(&key);
	mbedtls_x509_crt_free(&certificate);
	xsmcSetBoolean(xsResult, fits);
}

/* (certificate, other): whether the other one's name and key signed it. Dates and strength are not judged here. */
void xs_certificates_isSignedBy(xsMachine *the)
{
	mbedtls_x509_crt certificate, issuer;
	uint32_t flags = MBEDTLS_X509_BADCERT_NOT_TRUSTED;
	mbedtls_x509_crt_init(&certificate);
	mbedtls_x509_crt_init(&issuer);
	if (!psa_crypto_init() && !parse_certificate(the, &xsArg(0), &certificate) &&
		!parse_certificate(the, &xsArg(1), &issuer))
		(void)mbedtls_x509_crt_verify(&certificate, &issuer, NULL, NULL, &flags, NULL, NULL);
	mbedtls_x509_crt_free(&issuer);
	mbedtls_x509_crt_free(&certificate);
	xsmcSetBoolean(xsResult, !(flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED));
}
