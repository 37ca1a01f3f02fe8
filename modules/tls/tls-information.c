/* SPDX-License-Identifier: Apache-2.0
 *
 * Natives of the engine: what was agreed, and what verification and the records have shown.
 */

#include "tls-engine.h"

#include "mc.xs.h"

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

/* {version, suite, protocol, root, until}; protocol only when one was agreed, the last two when a chain to a root came in this handshake. */
void xs_tls_engine_information(xsMachine *the)
{
	tls_engine_t *engine = tls_engine_get(the);
	xsmcVars(1);
	xsmcSetNewObject(xsResult);
	set_text(the, xsID_version, mbedtls_ssl_get_version(&engine->ssl));
	set_text(the, xsID_suite, mbedtls_ssl_get_ciphersuite(&engine->ssl));
	set_text(the, xsID_protocol, mbedtls_ssl_get_alpn_protocol(&engine->ssl));
	if (engine->verification.has_root) {
		xsmcSetArrayBuffer(xsVar(0), engine->verification.root, TLS_ROOT_BYTES);
		xsmcSet(xsResult, xsID_root, xsVar(0));
		set_number(the, xsID_until, (double)engine->verification.until * 1000);
	}
}

/* {flags, trust, depth, from, to, subject, issuer, alert}: what verification and the records showed. */
void xs_tls_engine_findings(xsMachine *the)
{
	tls_engine_t *engine = tls_engine_get(the);
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
