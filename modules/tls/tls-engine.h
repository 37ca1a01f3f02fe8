/* SPDX-License-Identifier: Apache-2.0
 *
 * One connection, as the C files of the engine share it: tls-engine.c its life and its steps, tls-feed.c bytes in and out,
 * tls-session.c sessions, tls-information.c what is known of it.
 */

#ifndef UPGATE_TLS_ENGINE_H
#define UPGATE_TLS_ENGINE_H

#include "tls.h"

typedef struct {
	tls_context_t *context;
	mbedtls_ssl_context ssl;
	tls_verification_t verification;
	/* Script memory, only within a call. */
	const uint8_t *input;
	size_t input_length;
	size_t input_used;
	/* Not yet taken: output_count bytes from output_start. */
	uint8_t *output;
	size_t output_start;
	size_t output_count;
	size_t output_size;
	/* Follows the records of the handshake, for alerts in clear. */
	uint8_t record[7];
	size_t record_filled;
	size_t record_left;
	int alert;
} tls_engine_t;

/* tls-engine.c. Throws when the object is closed. */
tls_engine_t *tls_engine_get(xsMachine *the);

/* tls-feed.c: calls of Mbed TLS that need input stand between the two; buffer, start and end are the arguments of the native. */
void tls_feed_open(xsMachine *the, tls_engine_t *engine);
void tls_feed_close(tls_engine_t *engine);
int tls_feed_receive(void *engine, unsigned char *buffer, size_t length);
int tls_feed_send(void *engine, const unsigned char *buffer, size_t length);

#endif
