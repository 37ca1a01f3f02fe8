/* SPDX-License-Identifier: Apache-2.0
 *
 * Natives of the engine: one connection. Ciphertext comes with each call, as far as it was needed, and what is to be sent lies in
 * a queue until it is taken; there is no socket here. Methods return 0, a count, or a number of Mbed TLS.
 */

#include "tls.h"

#include "mc.xs.h"

#include <string.h>

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

static void destroy(tls_engine_t *engine)
{
	mbedtls_ssl_free(&engine->ssl);
	if (engine->output)
		c_free(engine->output);
	if (engine->context)
		tls_context_release(engine->context);
	c_free(engine);
}

void xs_tls_engine_destructor(void *data)
{
	if (data)
		destroy(data);
}

static tls_engine_t *get(xsMachine *the)
{
	return xsmcGetHostDataValidate(xsThis, (void *)xs_tls_engine_destructor);
}

/* Bytes in and out */

/* An alert that is not encrypted is a record of type 21 with two bytes: level and description. */
static void follow_records(tls_engine_t *engine, const uint8_t *bytes, size_t length)
{
	while (length--) {
		uint8_t byte = *bytes++;
		if (engine->record_filled < sizeof(engine->record))
			engine->record[engine->record_filled++] = byte;
		if (engine->record_filled < 5)
			continue;
		if (engine->record_filled == 5 && !engine->record_left) {
			engine->record_left = (size_t)(engine->record[3] << 8 | engine->record[4]);
			if (!engine->record_left)
				engine->record_filled = 0;
			continue;
		}
		if (--engine->record_left)
			continue;
		if (engine->record[0] == MBEDTLS_SSL_MSG_ALERT && engine->record[3] == 0 && engine->record[4] == 2)
			engine->alert = engine->record[6];
		engine->record_filled = 0;
	}
}

static int on_receive(void *data, unsigned char *buffer, size_t length)
{
	tls_engine_t *engine = data;
	size_t left = engine->input_length - engine->input_used;
	if (!left)
		return MBEDTLS_ERR_SSL_WANT_READ;
	if (length > left)
		length = left;
	memcpy(buffer, engine->input + engine->input_used, length);
	engine->input_used += length;
	if (!mbedtls_ssl_is_handshake_over(&engine->ssl))
		follow_records(engine, buffer, length);
	return (int)length;
}

/* Room for length more bytes at the end of the queue. */
static bool make_room(tls_engine_t *engine, size_t length)
{
	size_t wanted = engine->output_count + length;
	if (wanted > TLS_OUTPUT_LIMIT)
		return false;
	if (engine->output_start + wanted <= engine->output_size)
		return true;
	uint8_t *fresh = c_malloc(wanted);
	if (!fresh)
		return false;
	if (engine->output_count)
		memcpy(fresh, engine->output + engine->output_start, engine->output_count);
	if (engine->output)
		c_free(engine->output);
	engine->output = fresh;
	engine->output_start = 0;
	engine->output_size = wanted;
	return true;
}

static int on_send(void *data, const unsigned char *buffer, size_t length)
{
	tls_engine_t *engine = data;
	if (!make_room(engine, length))
		return MBEDTLS_ERR_SSL_ALLOC_FAILED;
	memcpy(engine->output + engine->output_start + engine->output_count, buffer, length);
	engine->output_count += length;
	return (int)length;
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
	int status = mbedtls_ssl_setup(&engine->ssl, &engine->context->config);
	if (status)
		return status;
	mbedtls_ssl_set_bio(&engine->ssl, engine, on_send, on_receive, NULL);
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
	tls_engine_t *engine = get(the);
	xsmcSetHostData(xsThis, NULL);
	xsmcSetHostDestructor(xsThis, NULL);
	destroy(engine);
}

/* Handshake and data */

/* Bytes start to end of a buffer are the input of this call. */
static void take_input(xsMachine *the, tls_engine_t *engine)
{
	void *bytes;
	xsUnsignedValue size;
	xsIntegerValue start = xsmcToInteger(xsArg(1)), end = xsmcToInteger(xsArg(2));
	xsmcGetBufferReadable(xsArg(0), &bytes, &size);
	if (start < 0 || end < start || (xsUnsignedValue)end > size)
		xsRangeError("invalid range");
	engine->input = (const uint8_t *)bytes + start;
	engine->input_length = (size_t)(end - start);
	engine->input_used = 0;
}

/* (buffer, start, end): one step; 1 when the handshake is over. */
void xs_tls_engine_handshake(xsMachine *the)
{
	tls_engine_t *engine = get(the);
	take_input(the, engine);
	int status = mbedtls_ssl_handshake_step(&engine->ssl);
	if (!status && mbedtls_ssl_is_handshake_over(&engine->ssl))
		status = 1;
	engine->input = NULL;
	xsmcSetInteger(xsResult, status);
}

/* (buffer, start, end): opens the next record when none is open. */
void xs_tls_engine_advance(xsMachine *the)
{
	tls_engine_t *engine = get(the);
	uint8_t nothing;
	size_t before;
	int status;
	take_input(the, engine);
	/* A ticket of TLS 1.3 is announced by WANT_READ and taken by the next call, which then needs no input. */
	do {
		before = engine->input_used;
		status = mbedtls_ssl_read(&engine->ssl, &nothing, 0);
	} while (status == MBEDTLS_ERR_SSL_WANT_READ && engine->input_used != before);
	engine->input = NULL;
	xsmcSetInteger(xsResult, status);
}

/* Bytes of its input that the last call took. */
void xs_tls_engine_used(xsMachine *the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)get(the)->input_used);
}

/* Bytes that read gives. */
void xs_tls_engine_available(xsMachine *the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)mbedtls_ssl_get_bytes_avail(&get(the)->ssl));
}

/* (buffer): fills it from the open record; the caller asks for no more than is available. */
void xs_tls_engine_read(xsMachine *the)
{
	tls_engine_t *engine = get(the);
	void *bytes;
	xsUnsignedValue size;
	xsmcGetBufferWritable(xsArg(0), &bytes, &size);
	engine->input_length = engine->input_used = 0;
	size_t available = mbedtls_ssl_get_bytes_avail(&engine->ssl);
	if (size > available)
		size = (xsUnsignedValue)available;
	xsmcSetInteger(xsResult, size ? mbedtls_ssl_read(&engine->ssl, bytes, size) : 0);
}

/* (buffer): encrypts all of it into the queue. Returns 0. */
void xs_tls_engine_write(xsMachine *the)
{
	tls_engine_t *engine = get(the);
	void *bytes;
	xsUnsignedValue size, done = 0;
	int status = 0;
	xsmcGetBufferReadable(xsArg(0), &bytes, &size);
	engine->input_length = engine->input_used = 0;
	while (done < size) {
		status = mbedtls_ssl_write(&engine->ssl, (const unsigned char *)bytes + done, size - done);
		if (status < 0)
			break;
		done += (xsUnsignedValue)status;
		status = 0;
	}
	xsmcSetInteger(xsResult, status);
}

void xs_tls_engine_closeNotify(xsMachine *the)
{
	xsmcSetInteger(xsResult, mbedtls_ssl_close_notify(&get(the)->ssl));
}

/* Bytes that wait to be sent. */
void xs_tls_engine_pending(xsMachine *the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)get(the)->output_count);
}

/* (limit): up to so many of them, undefined when there are none. */
void xs_tls_engine_take(xsMachine *the)
{
	tls_engine_t *engine = get(the);
	xsIntegerValue limit = xsmcToInteger(xsArg(0));
	size_t count = engine->output_count;
	if (limit <= 0 || !count)
		return;
	if (count > (size_t)limit)
		count = (size_t)limit;
	xsmcSetArrayBuffer(xsResult, engine->output + engine->output_start, (xsIntegerValue)count);
	engine->output_start += count;
	engine->output_count -= count;
	if (engine->output_count)
		return;
	/* Nothing is held for a connection that sends nothing. */
	c_free(engine->output);
	engine->output = NULL;
	engine->output_start = engine->output_size = 0;
}

/* Sessions */

/* Returns the session as bytes, or undefined when there is none to keep. */
void xs_tls_engine_session(xsMachine *the)
{
	tls_engine_t *engine = get(the);
	mbedtls_ssl_session session;
	size_t length = 0;
	uint8_t *bytes = NULL;
	mbedtls_ssl_session_init(&session);
	int status = mbedtls_ssl_get_session(&engine->ssl, &session);
	if (!status)
		(void)mbedtls_ssl_session_save(&session, NULL, 0, &length);
	if (length && (bytes = c_malloc(length)))
		status = mbedtls_ssl_session_save(&session, bytes, length, &length);
	mbedtls_ssl_session_free(&session);
	if (!bytes)
		return;
	if (!status) {
		xsTry {
			xsmcSetArrayBuffer(xsResult, bytes, (xsIntegerValue)length);
		}
		xsCatch {
			c_free(bytes);
			xsThrow(xsException);
		}
	}
	c_free(bytes);
}

/* (bytes): before the handshake; a session that does not fit is no failure, the handshake is then a full one. */
void xs_tls_engine_resume(xsMachine *the)
{
	tls_engine_t *engine = get(the);
	mbedtls_ssl_session session;
	void *bytes;
	xsUnsignedValue length;
	xsmcGetBufferReadable(xsArg(0), &bytes, &length);
	mbedtls_ssl_session_init(&session);
	int status = mbedtls_ssl_session_load(&session, bytes, length);
	if (!status)
		status = mbedtls_ssl_set_session(&engine->ssl, &session);
	mbedtls_ssl_session_free(&session);
	xsmcSetInteger(xsResult, status);
}

/* What is known of the connection */

static void set_text(xsMachine *the, xsIdentifier id, const char *text)
{
	if (!text)
		return;
	xsmcSetString(xsVar(0), (xsStringValue)text);
	xsmcSet(xsResult, id, xsVar(0));
}

static void set_number(xsMachine *the, xsIdentifier id, double value)
{
	xsmcSetNumber(xsVar(0), value);
	xsmcSet(xsResult, id, xsVar(0));
}

/* {version, suite, protocol, root}; protocol only when one was agreed, root when the peer was verified in this handshake. */
void xs_tls_engine_information(xsMachine *the)
{
	tls_engine_t *engine = get(the);
	xsmcVars(1);
	xsmcSetNewObject(xsResult);
	set_text(the, xsID_version, mbedtls_ssl_get_version(&engine->ssl));
	set_text(the, xsID_suite, mbedtls_ssl_get_ciphersuite(&engine->ssl));
	set_text(the, xsID_protocol, mbedtls_ssl_get_alpn_protocol(&engine->ssl));
	if (engine->verification.has_root) {
		xsmcSetArrayBuffer(xsVar(0), engine->verification.root, TLS_ROOT_BYTES);
		xsmcSet(xsResult, xsID_root, xsVar(0));
	}
}

/* {flags, trust, depth, from, to, subject, issuer, alert}: what verification and the records showed. */
void xs_tls_engine_findings(xsMachine *the)
{
	tls_engine_t *engine = get(the);
	const tls_verification_t *verification = &engine->verification;
	uint32_t flags = mbedtls_ssl_get_verify_result(&engine->ssl);
	/* All ones: there was no verification. What was found after the callback (usage) is in the library's flags only. */
	flags = (flags == 0xFFFFFFFF ? 0 : flags) | verification->all_flags;
	xsmcVars(1);
	xsmcSetNewObject(xsResult);
	set_number(the, xsID_flags, verification->flags ? verification->flags : flags);
	set_number(the, xsID_trust, verification->trust);
	set_number(the, xsID_depth, verification->depth);
	set_number(the, xsID_from, (double)verification->from);
	set_number(the, xsID_to, (double)verification->to);
	set_number(the, xsID_alert, engine->alert);
	set_text(the, xsID_subject, verification->subject);
	set_text(the, xsID_issuer, verification->issuer);
}
