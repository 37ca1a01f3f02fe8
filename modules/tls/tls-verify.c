/* SPDX-License-Identifier: Apache-2.0
 *
 * What Mbed TLS leaves open when it verifies a chain: dates by the caller's clock, addresses, and the reason why a chain found
 * no trusted end. Mbed TLS says only "not trusted"; an operator needs to know which of seven faults it is.
 * Sources: RFC 5280 sections 4.1.2.5, 4.2 and 6.1; RFC 6125; Mbed TLS, x509_crt.h.
 */

#include "tls.h"

#include "psa/crypto.h"

#include <string.h>

/* From the gravest: what decides whether the peer can be believed at all comes first. */
static const uint32_t gravity[] = {
	MBEDTLS_X509_BADCERT_NOT_TRUSTED,
	MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK | MBEDTLS_X509_BADCERT_BAD_KEY,
	MBEDTLS_X509_BADCERT_KEY_USAGE | MBEDTLS_X509_BADCERT_EXT_KEY_USAGE | MBEDTLS_X509_BADCERT_NS_CERT_TYPE,
	MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE,
	0xFFFFFFFF,
};

static size_t gravity_of(uint32_t flags)
{
	size_t i = 0;
	while (i + 1 < sizeof(gravity) / sizeof(gravity[0]) && !(flags & gravity[i]))
		i++;
	return i;
}

/* Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil. */
int64_t tls_seconds(const mbedtls_x509_time *time)
{
	int year = time->year - (time->mon <= 2);
	int era = year / 400;
	int year_of_era = year - era * 400;
	int day_of_year = (153 * (time->mon + (time->mon > 2 ? -3 : 9)) + 2) / 5 + time->day - 1;
	int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	int64_t days = (int64_t)era * 146097 + day_of_era - 719468;
	return ((days * 24 + time->hour) * 60 + time->min) * 60 + time->sec;
}

static uint32_t judge_dates(const tls_verification_t *verification, const mbedtls_x509_crt *certificate)
{
	if (verification->now == 0)
		return 0;
	if (tls_seconds(&certificate->valid_to) < verification->now)
		return MBEDTLS_X509_BADCERT_EXPIRED;
	if (verification->judge_start && tls_seconds(&certificate->valid_from) > verification->now)
		return MBEDTLS_X509_BADCERT_FUTURE;
	return 0;
}

static bool has_address(const tls_verification_t *verification, const mbedtls_x509_crt *certificate)
{
	const mbedtls_x509_sequence *item = &certificate->subject_alt_names;
	for (; item; item = item->next) {
		if ((item->buf.tag & MBEDTLS_ASN1_TAG_VALUE_MASK) != MBEDTLS_X509_SAN_IP_ADDRESS)
			continue;
		if (item->buf.len == verification->address_length &&
			!memcmp(item->buf.p, verification->address, verification->address_length))
			return true;
	}
	return false;
}

static bool same(const mbedtls_x509_buf *one, const mbedtls_x509_buf *other)
{
	return one->len == other->len && one->len && !memcmp(one->p, other->p, one->len);
}

/* Whether the signature of child was made by the key of parent; both are looked at alone, without their lists. */
static bool is_signed_by(const mbedtls_x509_crt *child, const mbedtls_x509_crt *parent)
{
	mbedtls_x509_crt one, other;
	uint32_t flags = MBEDTLS_X509_BADCERT_NOT_TRUSTED;
	mbedtls_x509_crt_init(&one);
	mbedtls_x509_crt_init(&other);
	if (!mbedtls_x509_crt_parse_der_nocopy(&one, child->raw.p, child->raw.len) &&
		!mbedtls_x509_crt_parse_der_nocopy(&other, parent->raw.p, parent->raw.len))
		(void)mbedtls_x509_crt_verify(&one, &other, NULL, NULL, &flags, NULL, NULL);
	mbedtls_x509_crt_free(&one);
	mbedtls_x509_crt_free(&other);
	return !(flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED);
}

/* Why Mbed TLS did not take parent, whose name fits, as the issuer of child. */
static int why_refused(const mbedtls_x509_crt *child, const mbedtls_x509_crt *parent)
{
	if (!mbedtls_x509_crt_get_ca_istrue(parent))
		return TLS_TRUST_NOT_CA;
	if (mbedtls_x509_crt_check_key_usage(parent, MBEDTLS_X509_KU_KEY_CERT_SIGN))
		return TLS_TRUST_CA_USAGE;
	return is_signed_by(child, parent) ? TLS_TRUST_PATH_LENGTH : TLS_TRUST_SIGNATURE;
}

static int why_in(const mbedtls_x509_crt *child, const mbedtls_x509_crt *list)
{
	for (; list && list->raw.p; list = list->next)
		if (list != child && same(&list->subject_raw, &child->issuer_raw) && !same(&list->raw, &child->raw))
			return why_refused(child, list);
	return TLS_TRUST_UNKNOWN;
}

/* `sent` is the first certificate of the peer's list. */
static int why_untrusted(const tls_verification_t *verification, const mbedtls_x509_crt *sent)
{
	const mbedtls_x509_crt *last = verification->untrusted;
	int reason = why_in(last, verification->roots);
	if (reason == TLS_TRUST_UNKNOWN)
		reason = why_in(last, sent);
	if (reason != TLS_TRUST_UNKNOWN)
		return reason;
	if (same(&last->subject_raw, &last->issuer_raw))
		return last == sent ? TLS_TRUST_SELF_SIGNED : TLS_TRUST_ROOT_UNKNOWN;
	return last == sent ? TLS_TRUST_ISSUER_MISSING : TLS_TRUST_ROOT_UNKNOWN;
}

/* Keeps what is told of a certificate; texts are cut to the room there is. */
static void keep(tls_verification_t *verification, const mbedtls_x509_crt *certificate, int depth, uint32_t flags)
{
	verification->flags = flags;
	verification->depth = depth;
	verification->from = tls_seconds(&certificate->valid_from);
	verification->to = tls_seconds(&certificate->valid_to);
	(void)mbedtls_x509_dn_gets(verification->subject, sizeof(verification->subject), &certificate->subject);
	(void)mbedtls_x509_dn_gets(verification->issuer, sizeof(verification->issuer), &certificate->issuer);
}

/* The first certificate that comes is the far end of the chain: a root, if the chain led to one. */
static void keep_root(tls_verification_t *verification, const mbedtls_x509_crt *certificate, uint32_t flags)
{
	size_t length;
	if (verification->has_begun)
		return;
	verification->has_begun = true;
	verification->has_root = !(flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) &&
		!psa_hash_compute(PSA_ALG_SHA_256, certificate->raw.p, certificate->raw.len, verification->root,
			sizeof(verification->root), &length);
}

/* The end of a chain is that of the certificate that ends first. */
static void keep_until(tls_verification_t *verification, const mbedtls_x509_crt *certificate)
{
	int64_t until = tls_seconds(&certificate->valid_to);
	if (!verification->until || until < verification->until)
		verification->until = until;
}

int tls_verify(void *data, mbedtls_x509_crt *certificate, int depth, uint32_t *flags)
{
	tls_verification_t *verification = data;
	keep_root(verification, certificate, *flags);
	keep_until(verification, certificate);
	/* Where the library has a clock of its own it is not the one to ask. */
	*flags &= ~(uint32_t)(MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE);
	*flags |= judge_dates(verification, certificate);
	if (depth == 0 && verification->address_length && !has_address(verification, certificate))
		*flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
	/* Comes from the far end of the chain to the peer's own certificate: of equal faults the farthest is told. */
	if (*flags && (!verification->flags || gravity_of(*flags) < gravity_of(verification->flags)))
		keep(verification, certificate, depth, *flags);
	verification->all_flags |= *flags;
	if ((*flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) && !verification->untrusted) {
		verification->untrusted = certificate;
		verification->untrusted_depth = depth;
	}
	if (depth == 0 && verification->untrusted) {
		verification->trust = why_untrusted(verification, certificate);
		verification->untrusted = NULL;
	}
	return 0;
}
