/* SPDX-License-Identifier: Apache-2.0
 *
 * The inner loop of PBKDF2 with HMAC-SHA-256, by the hash functions of PSA, which every Mbed TLS has (HMAC and PBKDF2 of PSA are a
 * matter of configuration). Sources: RFC 8018 section 5.2, RFC 2104, PSA Crypto API 1.1.
 */

#include "xsmc.h"

#include "mc.xs.h"

#include "mbedtls/platform_util.h"
#include "psa/crypto.h"

#include <string.h>

#define HASH_BYTES 32
#define BLOCK_BYTES 64
/* A slice runs to its end before other events do. */
#define MOST_ROUNDS 10000

/* Hashes that have taken the key with the pads of RFC 2104. */
typedef struct {
	psa_hash_operation_t inner, outer;
} keyed_t;

static psa_status_t begin(psa_hash_operation_t *hash, const uint8_t *key, uint8_t pad)
{
	uint8_t block[BLOCK_BYTES];
	for (size_t i = 0; i < BLOCK_BYTES; i++)
		block[i] = key[i] ^ pad;
	psa_status_t status = psa_hash_setup(hash, PSA_ALG_SHA_256);
	if (status == PSA_SUCCESS)
		status = psa_hash_update(hash, block, sizeof(block));
	mbedtls_platform_zeroize(block, sizeof(block));
	return status;
}

static psa_status_t follow(const psa_hash_operation_t *from, const uint8_t *input, uint8_t *output)
{
	size_t length;
	psa_hash_operation_t hash = PSA_HASH_OPERATION_INIT;
	psa_status_t status = psa_hash_clone(from, &hash);
	if (status == PSA_SUCCESS)
		status = psa_hash_update(&hash, input, HASH_BYTES);
	if (status == PSA_SUCCESS)
		status = psa_hash_finish(&hash, output, HASH_BYTES, &length);
	psa_hash_abort(&hash);
	return status;
}

/* u: the last HMAC; sum: what all of them give by exclusive or. */
static psa_status_t run(const keyed_t *keyed, uint8_t *u, uint8_t *sum, xsIntegerValue count)
{
	uint8_t middle[HASH_BYTES];
	psa_status_t status = PSA_SUCCESS;
	while (status == PSA_SUCCESS && count-- > 0) {
		status = follow(&keyed->inner, u, middle);
		if (status == PSA_SUCCESS)
			status = follow(&keyed->outer, middle, u);
		for (size_t i = 0; i < HASH_BYTES; i++)
			sum[i] ^= u[i];
	}
	mbedtls_platform_zeroize(middle, sizeof(middle));
	return status;
}

static void *take(xsMachine *the, xsSlot *slot, size_t expected)
{
	void *bytes;
	xsUnsignedValue length;
	xsmcGetBufferReadable(*slot, &bytes, &length);
	if (length != expected)
		xsRangeError("length");
	return bytes;
}

static psa_status_t iterate(const uint8_t *key, uint8_t *u, uint8_t *sum, xsIntegerValue count)
{
	keyed_t keyed = {PSA_HASH_OPERATION_INIT, PSA_HASH_OPERATION_INIT};
	psa_status_t status = psa_crypto_init();
	if (status == PSA_SUCCESS)
		status = begin(&keyed.inner, key, 0x36);
	if (status == PSA_SUCCESS)
		status = begin(&keyed.outer, key, 0x5c);
	if (status == PSA_SUCCESS)
		status = run(&keyed, u, sum, count);
	psa_hash_abort(&keyed.inner);
	psa_hash_abort(&keyed.outer);
	return status;
}

/* (key, u, sum, count): changes u and sum; status of PSA. The script's buffers may move, so it works on copies. */
void xs_accounts_rounds(xsMachine *the)
{
	uint8_t key[BLOCK_BYTES], u[HASH_BYTES], sum[HASH_BYTES];
	xsIntegerValue count = xsmcToInteger(xsArg(3));
	if (count < 1 || count > MOST_ROUNDS)
		xsRangeError("count");
	memcpy(key, take(the, &xsArg(0), sizeof(key)), sizeof(key));
	memcpy(u, take(the, &xsArg(1), sizeof(u)), sizeof(u));
	memcpy(sum, take(the, &xsArg(2), sizeof(sum)), sizeof(sum));
	psa_status_t status = iterate(key, u, sum, count);
	memcpy(take(the, &xsArg(1), sizeof(u)), u, sizeof(u));
	memcpy(take(the, &xsArg(2), sizeof(sum)), sum, sizeof(sum));
	mbedtls_platform_zeroize(key, sizeof(key));
	mbedtls_platform_zeroize(u, sizeof(u));
	mbedtls_platform_zeroize(sum, sizeof(sum));
	xsmcSetInteger(xsResult, status);
}
