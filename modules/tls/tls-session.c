/* SPDX-License-Identifier: Apache-2.0
 *
 * Natives of the engine: sessions that shorten the next handshake (RFC 5077, RFC 8446 section 2.2), as bytes.
 */

#include "tls-engine.h"

#include "mc.xs.h"

#include "mbedtls/platform.h"

/* The certificate was judged when the session was made and is not looked at when it is taken up; its bytes would be more than half of it. */
static void forget_peer(mbedtls_ssl_session *session)
{
	mbedtls_x509_crt *peer = session->MBEDTLS_PRIVATE(peer_cert);
	if (!peer)
		return;
	mbedtls_x509_crt_free(peer);
	mbedtls_free(peer);
	session->MBEDTLS_PRIVATE(peer_cert) = NULL;
}

/* Returns the session as bytes, or undefined when there is none to keep. */
void xs_tls_engine_session(xsMachine *the)
{
	tls_engine_t *engine = tls_engine_get(the);
	mbedtls_ssl_session session;
	size_t length = 0;
	uint8_t *bytes = NULL;
	mbedtls_ssl_session_init(&session);
	int status = mbedtls_ssl_get_session(&engine->ssl, &session);
	if (!status)
		forget_peer(&session);
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
	tls_engine_t *engine = tls_engine_get(the);
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
