/* SPDX-License-Identifier: Apache-2.0
 *
 * Natives of the context: configuration of one side of TLS; roots, own certificate and key: tls-credentials.c. What a method returns is 0, or a
 * number of Mbed TLS that failure.ts puts into words. Suites, groups and signatures are those of RFC 9325 and RFC 8446 that Mbed TLS 4.0
 * still has: forward secrecy and authenticated encryption only.
 */

#include "tls.h"

#include "mc.xs.h"

#include "mbedtls/error.h"
#include "mbedtls/psa_util.h"
#include "psa/crypto.h"

#include <string.h>

#define TICKET_SECONDS 86400

static const int suites[] = {
	MBEDTLS_TLS1_3_AES_128_GCM_SHA256,
	MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256,
	MBEDTLS_TLS1_3_AES_256_GCM_SHA384,
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
	MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
	MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
	MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	0,
};

/* The first is the one whose key share a client sends without being asked. */
static const uint16_t groups[] = {
	MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1,
	MBEDTLS_SSL_IANA_TLS_GROUP_X25519,
	MBEDTLS_SSL_IANA_TLS_GROUP_SECP384R1,
	MBEDTLS_SSL_IANA_TLS_GROUP_NONE,
};

static const uint16_t signatures[] = {
	MBEDTLS_TLS1_3_SIG_ECDSA_SECP256R1_SHA256,
	MBEDTLS_TLS1_3_SIG_ECDSA_SECP384R1_SHA384,
	MBEDTLS_TLS1_3_SIG_ECDSA_SECP521R1_SHA512,
	MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA256,
	MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA384,
	MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA512,
	MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA256,
	MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA384,
	MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA512,
	MBEDTLS_TLS1_3_SIG_NONE,
};

void xs_tls_context_destructor(void *data)
{
	if (data)
		tls_context_release(data);
}

void tls_context_release(tls_context_t *context)
{
	if (--context->references)
		return;
	mbedtls_ssl_config_free(&context->config);
#ifdef MBEDTLS_SSL_SRV_C
	mbedtls_ssl_ticket_free(&context->tickets);
#endif
	mbedtls_pk_free(&context->key);
	(void)psa_destroy_key(context->psa_key);
	mbedtls_x509_crt_free(&context->own);
	mbedtls_x509_crt_free(&context->roots);
	c_free(context);
}

tls_context_t *tls_context_get(xsMachine *the, xsSlot *slot)
{
	return xsmcGetHostDataValidate(*slot, (void *)xs_tls_context_destructor);
}

static tls_context_t *create(void)
{
	tls_context_t *context = c_calloc(1, sizeof(*context));
	if (!context)
		return NULL;
	context->references = 1;
	context->records = tls_records(false);
	mbedtls_ssl_config_init(&context->config);
#ifdef MBEDTLS_SSL_SRV_C
	mbedtls_ssl_ticket_init(&context->tickets);
#endif
	mbedtls_pk_init(&context->key);
	mbedtls_x509_crt_init(&context->own);
	mbedtls_x509_crt_init(&context->roots);
	return context;
}

#ifdef MBEDTLS_SSL_SRV_C
/* Keys of the server's tickets live as long as the context. */
static int set_up_tickets(tls_context_t *context)
{
#if MBEDTLS_VERSION_MAJOR < 4
	int status = mbedtls_ssl_ticket_setup(&context->tickets, mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE,
		MBEDTLS_CIPHER_AES_256_GCM, TICKET_SECONDS);
#else
	int status = mbedtls_ssl_ticket_setup(&context->tickets, PSA_ALG_GCM, PSA_KEY_TYPE_AES, 256, TICKET_SECONDS);
#endif
	if (status)
		return status;
	mbedtls_ssl_conf_session_tickets_cb(
		&context->config, mbedtls_ssl_ticket_write, mbedtls_ssl_ticket_parse, &context->tickets);
	return 0;
}
#else
/* Firmware without listeners is built without the server's half of TLS. */
static int set_up_tickets(tls_context_t *context)
{
	(void)context;
	return MBEDTLS_ERR_SSL_FEATURE_UNAVAILABLE;
}
#endif

static int configure(tls_context_t *context)
{
	mbedtls_ssl_config *config = &context->config;
	int endpoint = context->server ? MBEDTLS_SSL_IS_SERVER : MBEDTLS_SSL_IS_CLIENT;
	if (psa_crypto_init() != PSA_SUCCESS)
		return MBEDTLS_ERR_ERROR_GENERIC_ERROR;
	int status =
		mbedtls_ssl_config_defaults(config, endpoint, MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
	if (status)
		return status;
#if MBEDTLS_VERSION_MAJOR < 4
	mbedtls_ssl_conf_rng(config, mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
#endif
	mbedtls_ssl_conf_ciphersuites(config, suites);
	mbedtls_ssl_conf_groups(config, groups);
	mbedtls_ssl_conf_sig_algs(config, signatures);
	if (context->server)
		return set_up_tickets(context);
#if MBEDTLS_VERSION_MAJOR < 4 && defined(MBEDTLS_SSL_PROTO_TLS1_3)
	/* Always so in 4.0. */
	mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(
		config, MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED);
#endif
	return 0;
}

/* (server: boolean). Throws when there is no memory, or no server in this build. */
void xs_tls_context_constructor(xsMachine *the)
{
	tls_context_t *context = create();
	if (!context)
		xsRangeError("no memory");
	context->server = xsmcToBoolean(xsArg(0));
	int status = configure(context);
	if (status) {
		tls_context_release(context);
		xsRangeError(status == MBEDTLS_ERR_SSL_FEATURE_UNAVAILABLE ? "no TLS server in this firmware" : "no memory");
	}
	xsmcSetHostData(xsThis, context);
}

void xs_tls_context_close(xsMachine *the)
{
	if (!xsmcGetHostData(xsThis))
		return;
	tls_context_t *context = tls_context_get(the, &xsThis);
	xsmcSetHostData(xsThis, NULL);
	xsmcSetHostDestructor(xsThis, NULL);
	tls_context_release(context);
}

static mbedtls_ssl_protocol_version version_of(xsIntegerValue minor)
{
	return minor == 3 ? MBEDTLS_SSL_VERSION_TLS1_3 : MBEDTLS_SSL_VERSION_TLS1_2;
}

/* (minimum, maximum, verify, fragment, small): 2 or 3 of TLS 1.x; 0 none, 1 optional, 2 required; 0 or code 1 to 4 of RFC 6066; small
 * record buffers. Returns 1 where there are no small ones. */
void xs_tls_context_configure(xsMachine *the)
{
	static const int modes[] = {MBEDTLS_SSL_VERIFY_NONE, MBEDTLS_SSL_VERIFY_OPTIONAL, MBEDTLS_SSL_VERIFY_REQUIRED};
	tls_context_t *context = tls_context_get(the, &xsThis);
	mbedtls_ssl_config *config = &context->config;
	mbedtls_ssl_conf_min_tls_version(config, version_of(xsmcToInteger(xsArg(0))));
	mbedtls_ssl_conf_max_tls_version(config, version_of(xsmcToInteger(xsArg(1))));
	mbedtls_ssl_conf_authmode(config, modes[xsmcToInteger(xsArg(2)) % 3]);
	int status = mbedtls_ssl_conf_max_frag_len(config, (unsigned char)xsmcToInteger(xsArg(3)));
	const tls_records_t *records = tls_records(xsmcToBoolean(xsArg(4)));
	if (records)
		context->records = records;
	else
		status = 1;
	xsmcSetInteger(xsResult, status);
}

/* (names): ALPN names, separated by commas. */
void xs_tls_context_setProtocols(xsMachine *the)
{
	tls_context_t *context = tls_context_get(the, &xsThis);
	int count = 0;
	xsmcToStringBuffer(xsArg(0), context->protocol_text, sizeof(context->protocol_text));
	for (char *name = context->protocol_text; name && count < TLS_PROTOCOLS;) {
		char *comma = strchr(name, ',');
		context->protocols[count++] = name;
		if (comma)
			*comma++ = 0;
		name = comma;
	}
	context->protocols[count] = NULL;
	xsmcSetInteger(xsResult, mbedtls_ssl_conf_alpn_protocols(&context->config, context->protocols));
}
