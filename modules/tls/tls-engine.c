/* SPDX-License-Identifier: Apache-2.0
 *
 * Natives of the engine: one connection. Ciphertext comes with each call, as far as it was needed, and what is to be sent lies in
 * a queue until it is taken; there is no socket here. Methods return 0, a count, or a number of Mbed TLS.
 */

#include "tls-engine.h"

#include "mc.xs.h"

#include <string.h>

static void destroy(tls_engine_t *engine)
{
	engine->context->records->free(&engine->ssl);
	if (engine->output)
		c_free(engine->output);
	tls_context_release(engine->context);
	c_free(engine);
}

void xs_tls_engine_destructor(void *data)
{
	if (data)
		destroy(data);
}

tls_engine_t *tls_engine_get(xsMachine *the)
{
	return xsmcGetHostDataValidate(xsThis, (void *)xs_tls_engine_destructor);
}

/* Constructor */

/* (context, name, address, now, judgeStart): name and address may be undefined; now is seconds since 1970, 0 unknown. */
static int set_up(xsMachine *the, tls_engine_t *engine)
{
	tls_verification_t *verification = &engine->verification;
	void *address;
	xsUnsignedValue length;
	verification->roots = &engine->context->roots;
	verification->now = (int64_t)xsmcToNumber(xsArg(3));
	verification->judge_start = xsmcToBoolean(xsArg(4));
	if (xsmcTypeOf(xsArg(2)) != xsUndefinedType) {
		xsmcGetBufferReadable(xsArg(2), &address, &length);
		verification->address_length = (uint8_t)(length <= sizeof(verification->address) ? length : 0);
		memcpy(verification->address, address, verification->address_length);
	}
	int status = engine->context->records->setup(&engine->ssl, &engine->context->config);
	if (status)
		return status;
	mbedtls_ssl_set_bio(&engine->ssl, engine, tls_feed_send, tls_feed_receive, NULL);
	mbedtls_ssl_set_verify(&engine->ssl, tls_verify, verification);
	if (engine->context->server)
		return 0;
	bool has_name = xsmcTypeOf(xsArg(1)) != xsUndefinedType;
	return mbedtls_ssl_set_hostname(&engine->ssl, has_name ? xsmcToString(xsArg(1)) : NULL);
}

void xs_tls_engine_constructor(xsMachine *the)
{
	tls_context_t *context = tls_context_get(the, &xsArg(0));
	tls_engine_t *engine = c_calloc(1, sizeof(*engine));
	if (!engine)
		xsRangeError("no memory");
	engine->context = context;
	context->references++;
	engine->alert = -1;
	mbedtls_ssl_init(&engine->ssl);
	/* From here the engine is freed with the object, also when a conversion throws. */
	xsmcSetHostData(xsThis, engine);
	if (!set_up(the, engine))
		return;
	xsmcSetHostData(xsThis, NULL);
	destroy(engine);
	xsRangeError("no memory");
}

void xs_tls_engine_close(xsMachine *the)
{
	if (!xsmcGetHostData(xsThis))
		return;
	tls_engine_t *engine = tls_engine_get(the);
	xsmcSetHostData(xsThis, NULL);
	xsmcSetHostDestructor(xsThis, NULL);
	destroy(engine);
}

/* Handshake and data */

/* (buffer, start, end): one step; 1 when the handshake is over. */
void xs_tls_engine_handshake(xsMachine *the)
{
	tls_engine_t *engine = tls_engine_get(the);
	tls_feed_open(the, engine);
	int status = engine->context->records->handshake_step(&engine->ssl);
	if (!status && mbedtls_ssl_is_handshake_over(&engine->ssl))
		status = 1;
	tls_feed_close(engine);
	xsmcSetInteger(xsResult, status);
}

/* (buffer, start, end): opens the next record when none is open. */
void xs_tls_engine_advance(xsMachine *the)
{
	tls_engine_t *engine = tls_engine_get(the);
	uint8_t nothing;
	size_t before;
	int status;
	tls_feed_open(the, engine);
	/* A ticket of TLS 1.3 is announced by WANT_READ and taken by the next call, which then needs no input. */
	do {
		before = engine->input_used;
		status = engine->context->records->read(&engine->ssl, &nothing, 0);
	} while (status == MBEDTLS_ERR_SSL_WANT_READ && engine->input_used != before);
	tls_feed_close(engine);
	xsmcSetInteger(xsResult, status);
}

/* Bytes that read gives. */
void xs_tls_engine_available(xsMachine *the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)mbedtls_ssl_get_bytes_avail(&tls_engine_get(the)->ssl));
}

/* (buffer): fills it from the open record; the caller asks for no more than is available. */
void xs_tls_engine_read(xsMachine *the)
{
	tls_engine_t *engine = tls_engine_get(the);
	void *bytes;
	xsUnsignedValue size;
	xsmcGetBufferWritable(xsArg(0), &bytes, &size);
	size_t available = mbedtls_ssl_get_bytes_avail(&engine->ssl);
	if (size > available)
		size = (xsUnsignedValue)available;
	xsmcSetInteger(xsResult, size ? engine->context->records->read(&engine->ssl, bytes, size) : 0);
}

/* (buffer): encrypts all of it into the queue. Returns 0. */
void xs_tls_engine_write(xsMachine *the)
{
	tls_engine_t *engine = tls_engine_get(the);
	void *bytes;
	xsUnsignedValue size, done = 0;
	int status = 0;
	xsmcGetBufferReadable(xsArg(0), &bytes, &size);
	while (done < size) {
		status = engine->context->records->write(&engine->ssl, (const unsigned char *)bytes + done, size - done);
		if (status < 0)
			break;
		done += (xsUnsignedValue)status;
		status = 0;
	}
	xsmcSetInteger(xsResult, status);
}

void xs_tls_engine_closeNotify(xsMachine *the)
{
	tls_engine_t *engine = tls_engine_get(the);
	xsmcSetInteger(xsResult, engine->context->records->close_notify(&engine->ssl));
}
