/* SPDX-License-Identifier: Apache-2.0
 *
 * What the C files of the binding share. Mbed TLS 3.6 and 4.0: PSA for all cryptography, no private fields of its structures.
 *
 * A context holds configuration, roots and own certificate, and lives while its script object or an engine holds it. An
 * engine is one connection: ciphertext goes in with each call and comes out of a queue; it knows no socket and no clock.
 */

#ifndef UPGATE_TLS_H
#define UPGATE_TLS_H

#include "xsPlatform.h"
#include "xsmc.h"

#include <stdbool.h>
#include <stdint.h>

#include "mbedtls/build_info.h"
#include "mbedtls/pk.h"
#include "mbedtls/ssl.h"
#include "mbedtls/ssl_ticket.h"
#include "mbedtls/x509_crt.h"
#include "psa/crypto.h"

#define TLS_TEXT 128
#define TLS_ROOT_BYTES 32
#define TLS_PROTOCOLS 4
#define TLS_PROTOCOL_TEXT 48
/* Most bytes that wait to be taken; a peer that lets us send without reading must not grow it. */
#define TLS_OUTPUT_LIMIT 65536

/* Why a certificate was not trusted, beyond the flags of Mbed TLS. Numbers are known to failure.ts. */
enum {
	TLS_TRUST_UNKNOWN = 0,
	TLS_TRUST_SELF_SIGNED,
	TLS_TRUST_ISSUER_MISSING,
	TLS_TRUST_ROOT_UNKNOWN,
	TLS_TRUST_NOT_CA,
	TLS_TRUST_CA_USAGE,
	TLS_TRUST_PATH_LENGTH,
	TLS_TRUST_SIGNATURE
};

/* Functions of Mbed TLS that know the length of the record buffers. */
typedef struct {
	int (*setup)(mbedtls_ssl_context *ssl, const mbedtls_ssl_config *config);
	void (*free)(mbedtls_ssl_context *ssl);
	int (*handshake_step)(mbedtls_ssl_context *ssl);
	int (*read)(mbedtls_ssl_context *ssl, unsigned char *buffer, size_t length);
	int (*write)(mbedtls_ssl_context *ssl, const unsigned char *buffer, size_t length);
	int (*close_notify)(mbedtls_ssl_context *ssl);
} tls_records_t;

typedef struct {
	uint16_t references;
	bool server;
	bool has_own;
	const tls_records_t *records;
	mbedtls_ssl_config config;
	mbedtls_x509_crt roots;
	mbedtls_x509_crt own;
	mbedtls_pk_context key;
	/* Where the library holds the key itself; 0: in `key`. */
	psa_key_id_t psa_key;
#ifdef MBEDTLS_SSL_SRV_C
	mbedtls_ssl_ticket_context tickets;
#endif
	char protocol_text[TLS_PROTOCOL_TEXT];
	const char *protocols[TLS_PROTOCOLS + 1];
} tls_context_t;

/* What verification is to judge, and the gravest thing it found. */
typedef struct {
	const mbedtls_x509_crt *roots;
	/* Seconds since 1970; 0: the time is not known. */
	int64_t now;
	/* The clock is no mere lower bound, so a start of validity in the future counts. */
	bool judge_start;
	/* 4 or 16 bytes of an address to find in the certificate; 0: none. */
	uint8_t address_length;
	uint8_t address[16];
	/* Found: of all certificates, and of the one that is told. */
	uint32_t all_flags;
	uint32_t flags;
	int depth;
	int trust;
	int64_t from;
	int64_t to;
	const mbedtls_x509_crt *untrusted;
	int untrusted_depth;
	char subject[TLS_TEXT];
	char issuer[TLS_TEXT];
	/* SHA-256 of the root that the chain led to. */
	bool has_begun;
	bool has_root;
	uint8_t root[TLS_ROOT_BYTES];
	/* When the first of all certificates ends, seconds since 1970. */
	int64_t until;
} tls_verification_t;

/* tls-context.c */
tls_context_t *tls_context_get(xsMachine *the, xsSlot *slot);
void tls_context_release(tls_context_t *context);

/* tls-records.c: NULL where there are none of that length. */
const tls_records_t *tls_records(bool wants_small);

/* tls-verify.c: the verification callback of Mbed TLS; data is a tls_verification_t. */
int tls_verify(void *data, mbedtls_x509_crt *certificate, int depth, uint32_t *flags);
/* Days and time of day to seconds since 1970. */
int64_t tls_seconds(const mbedtls_x509_time *time);

#endif
