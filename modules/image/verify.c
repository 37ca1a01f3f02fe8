/* SPDX-License-Identifier: Apache-2.0
 *
 * Native of verify.ts: one signature over one SHA-256, ECDSA P-256 or RSA-3072 with PSS and a salt of 32 bytes. PSA only, so that
 * Mbed TLS 3.6 and 4 both serve. Source: PSA Crypto API 1.1.
 */

#include "xsmc.h"

#include "mc.xs.h"

#include "psa/crypto.h"

#include <string.h>

#define HASH_BYTES 32
#define P256_BITS 256
#define P256_KEY_BYTES 65
#define P256_SIGNATURE_BYTES 64
#define RSA_BITS 3072
#define RSA_SIGNATURE_BYTES 384
/* RSAPublicKey in DER: two headers of 4 bytes, modulus with a zero in front, exponent of 5 bytes and its header. */
#define RSA_KEY_BYTES 400

typedef struct {
	psa_key_type_t type;
	size_t bits;
	psa_algorithm_t algorithm;
	size_t key_bytes;
	size_t signature_bytes;
} scheme_t;

static const scheme_t ecdsa = {PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1), P256_BITS,
	PSA_ALG_ECDSA(PSA_ALG_SHA_256), P256_KEY_BYTES, P256_SIGNATURE_BYTES};
static const scheme_t rsa = {
	PSA_KEY_TYPE_RSA_PUBLIC_KEY, RSA_BITS, PSA_ALG_RSA_PSS(PSA_ALG_SHA_256), RSA_KEY_BYTES, RSA_SIGNATURE_BYTES};

/* What the script hands over, copied: its buffers may move. */
typedef struct {
	uint8_t key[RSA_KEY_BYTES];
	size_t key_length;
	uint8_t hash[HASH_BYTES];
	uint8_t signature[RSA_SIGNATURE_BYTES];
} input_t;

static size_t take(xsMachine *the, xsSlot *slot, uint8_t *target, size_t least, size_t most)
{
	void *bytes;
	xsUnsignedValue length;
	xsmcGetBufferReadable(*slot, &bytes, &length);
	if (length < least || length > most)
		xsRangeError("length");
	memcpy(target, bytes, length);
	return length;
}

static psa_status_t import_key(const scheme_t *scheme, const input_t *input, psa_key_id_t *id)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_set_key_type(&attributes, scheme->type);
	psa_set_key_bits(&attributes, scheme->bits);
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_HASH);
	psa_set_key_algorithm(&attributes, scheme->algorithm);
	return psa_import_key(&attributes, input->key, input->key_length, id);
}

static psa_status_t verify(const scheme_t *scheme, const input_t *input)
{
	psa_key_id_t id;
	psa_status_t status = psa_crypto_init();
	if (status != PSA_SUCCESS)
		return status;
	status = import_key(scheme, input, &id);
	if (status != PSA_SUCCESS)
		return status;
	status = psa_verify_hash(id, scheme->algorithm, input->hash, HASH_BYTES, input->signature, scheme->signature_bytes);
	psa_status_t destroyed = psa_destroy_key(id);
	return status == PSA_SUCCESS ? destroyed : status;
}

/* (rsa, key, hash, signature): status of PSA. */
void xs_image_verifyHash(xsMachine *the)
{
	input_t input;
	const scheme_t *scheme = xsmcToBoolean(xsArg(0)) ? &rsa : &ecdsa;
	input.key_length = take(the, &xsArg(1), input.key, 1, scheme->key_bytes);
	take(the, &xsArg(2), input.hash, HASH_BYTES, HASH_BYTES);
	take(the, &xsArg(3), input.signature, scheme->signature_bytes, scheme->signature_bytes);
	xsmcSetInteger(xsResult, verify(scheme, &input));
}
