/* SPDX-License-Identifier: Apache-2.0
 *
 * Bytes of an engine: ciphertext in, from a buffer of the script that lasts for one call; ciphertext out, into a queue that the
 * script empties. Alerts in clear are seen on the way.
 */

#include "tls-engine.h"

#include "mc.xs.h"

#include <string.h>

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

int tls_feed_receive(void *data, unsigned char *buffer, size_t length)
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

int tls_feed_send(void *data, const unsigned char *buffer, size_t length)
{
	tls_engine_t *engine = data;
	if (!make_room(engine, length))
		return MBEDTLS_ERR_SSL_ALLOC_FAILED;
	memcpy(engine->output + engine->output_start + engine->output_count, buffer, length);
	engine->output_count += length;
	return (int)length;
}

/* Bytes start to end of a buffer are the input until the feed is closed: script memory may move then. */
void tls_feed_open(xsMachine *the, tls_engine_t *engine)
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

/* Without input, what is called next finds nothing to receive. */
void tls_feed_close(tls_engine_t *engine)
{
	engine->input = NULL;
	engine->input_length = engine->input_used;
}

/* Bytes of its input that the last call took. */
void xs_tls_engine_used(xsMachine *the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)tls_engine_get(the)->input_used);
}

/* Bytes that wait to be sent. */
void xs_tls_engine_pending(xsMachine *the)
{
	xsmcSetInteger(xsResult, (xsIntegerValue)tls_engine_get(the)->output_count);
}

/* (limit): up to so many of them, undefined when there are none. */
void xs_tls_engine_take(xsMachine *the)
{
	tls_engine_t *engine = tls_engine_get(the);
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
