/* SPDX-License-Identifier: Apache-2.0
 *
 * Natives of crypto.ts: a running hash, HMAC, and AES in cipher feedback mode, over PSA so that Mbed TLS 3.6 and 4 both serve. Feedback is
 * made here from single blocks: not every configuration of the library has that mode. Source: PSA Crypto API 1.1, RFC 3826 section 3.1.
 */

#include "xsmc.h"
#include "xsHost.h"

#include "mc.xs.h"

#include "psa/crypto.h"

#include <string.h>

#define BLOCK_BYTES 16
/* One call must not take long: 64 times 4 KB. */
#define REPEAT_LIMIT 64

/* Numbers are known to protocols.ts. */
static const psa_algorithm_t hashes[] = {PSA_ALG_SHA_1, PSA_ALG_SHA_256, PSA_ALG_SHA_384, PSA_ALG_SHA_512};

static void check(xsMachine *the, psa_status_t status)
{
	if (status != PSA_SUCCESS)
		xsUnknownError("cryptography failed: %d", (int)status);
}

static psa_algorithm_t hash_of(xsMachine *the, xsSlot *slot)
{
	xsIntegerValue number = xsmcToInteger(*slot);
	if (number < 0 || number >= (xsIntegerValue)(sizeof(hashes) / sizeof(hashes[0])))
		xsRangeError("hash");
	return hashes[number];
}

static psa_status_t import_key(psa_key_type_t type, psa_key_usage_t usage, psa_algorithm_t algorithm,
	const uint8_t *bytes, size_t length, psa_key_id_t *id)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_status_t status = psa_crypto_init();
	if (status != PSA_SUCCESS)
		return status;
	psa_set_key_type(&attributes, type);
	psa_set_key_usage_flags(&attributes, usage);
	psa_set_key_algorithm(&attributes, algorithm);
	return psa_import_key(&attributes, bytes, length, id);
}

static void set_bytes(xsMachine *the, const uint8_t *bytes, size_t length)
{
	xsmcVars(1);
	xsmcSetArrayBuffer(xsVar(0), (void *)bytes, (xsIntegerValue)length);
	xsmcNew(xsResult, xsGlobal, xsID_Uint8Array, &xsVar(0), NULL);
}

/* Hash: the operation lies outside the engine's heap, as a driver may point into it. */

void xs_snmp_hash_destructor(void *data)
{
	if (!data)
		return;
	psa_hash_abort(data);
	c_free(data);
}

static psa_hash_operation_t *operation_of(xsMachine *the)
{
	return xsmcGetHostDataValidate(xsThis, (void *)xs_snmp_hash_destructor);
}

/* (hash) */
void xs_snmp_hash_constructor(xsMachine *the)
{
	psa_algorithm_t algorithm = hash_of(the, &xsArg(0));
	check(the, psa_crypto_init());
	psa_hash_operation_t *operation = c_calloc(1, sizeof(*operation));
	if (!operation)
		xsUnknownError("no memory");
	xsmcSetHostData(xsThis, operation);
	check(the, psa_hash_setup(operation, algorithm));
}

/* (bytes, times) */
void xs_snmp_hash_update(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue length;
	psa_hash_operation_t *operation = operation_of(the);
	xsIntegerValue times = xsmcToInteger(xsArg(1));
	if (times < 0 || times > REPEAT_LIMIT)
		xsRangeError("times");
	xsmcGetBufferReadable(xsArg(0), &bytes, &length);
	for (xsIntegerValue i = 0; i < times; i++)
		check(the, psa_hash_update(operation, bytes, length));
}

void xs_snmp_hash_digest(xsMachine *the)
{
	uint8_t digest[PSA_HASH_MAX_SIZE];
	size_t length;
	check(the, psa_hash_finish(operation_of(the), digest, sizeof(digest), &length));
	set_bytes(the, digest, length);
}

/* (hash, key, bytes): the whole code */
void xs_snmp_hmac(xsMachine *the)
{
	void *key, *bytes;
	xsUnsignedValue keyLength, length;
	uint8_t code[PSA_HASH_MAX_SIZE];
	size_t codeLength = 0;
	psa_key_id_t id;
	psa_algorithm_t algorithm = PSA_ALG_HMAC(hash_of(the, &xsArg(0)));
	xsmcGetBufferReadable(xsArg(1), &key, &keyLength);
	xsmcGetBufferReadable(xsArg(2), &bytes, &length);
	check(the, import_key(PSA_KEY_TYPE_HMAC, PSA_KEY_USAGE_SIGN_MESSAGE, algorithm, key, keyLength, &id));
	psa_status_t status = psa_mac_compute(id, algorithm, bytes, length, code, sizeof(code), &codeLength);
	psa_status_t destroyed = psa_destroy_key(id);
	check(the, status == PSA_SUCCESS ? destroyed : status);
	set_bytes(the, code, codeLength);
}

/* One block after the other; the last may be a part. `previous` is the block that was sent before. */
static psa_status_t feedback(
	psa_cipher_operation_t *cipher, bool decrypt, uint8_t previous[BLOCK_BYTES], uint8_t *bytes, size_t length)
{
	for (size_t at = 0; at < length; at += BLOCK_BYTES) {
		uint8_t pad[BLOCK_BYTES];
		size_t written = 0;
		size_t count = length - at < BLOCK_BYTES ? length - at : BLOCK_BYTES;
		psa_status_t status = psa_cipher_update(cipher, previous, BLOCK_BYTES, pad, sizeof(pad), &written);
		if (status != PSA_SUCCESS)
			return status;
		if (written != BLOCK_BYTES)
			return PSA_ERROR_GENERIC_ERROR;
		for (size_t i = 0; i < count; i++) {
			uint8_t in = bytes[at + i];
			bytes[at + i] = in ^ pad[i];
			previous[i] = decrypt ? in : bytes[at + i];
		}
	}
	return PSA_SUCCESS;
}

/* (decrypt, key, start, bytes): in place */
void xs_snmp_cfb(xsMachine *the)
{
	void *key, *start, *bytes;
	xsUnsignedValue keyLength, startLength, length;
	uint8_t previous[BLOCK_BYTES];
	psa_key_id_t id;
	psa_cipher_operation_t cipher = PSA_CIPHER_OPERATION_INIT;
	bool decrypt = xsmcToBoolean(xsArg(0));
	xsmcGetBufferReadable(xsArg(1), &key, &keyLength);
	xsmcGetBufferReadable(xsArg(2), &start, &startLength);
	xsmcGetBufferWritable(xsArg(3), &bytes, &length);
	if (startLength != BLOCK_BYTES || (keyLength != 16 && keyLength != 24 && keyLength != 32))
		xsRangeError("length");
	memcpy(previous, start, BLOCK_BYTES);
	check(the, import_key(PSA_KEY_TYPE_AES, PSA_KEY_USAGE_ENCRYPT, PSA_ALG_ECB_NO_PADDING, key, keyLength, &id));
	psa_status_t status = psa_cipher_encrypt_setup(&cipher, id, PSA_ALG_ECB_NO_PADDING);
	if (status == PSA_SUCCESS)
		status = feedback(&cipher, decrypt, previous, bytes, length);
	psa_cipher_abort(&cipher);
	psa_status_t destroyed = psa_destroy_key(id);
	check(the, status == PSA_SUCCESS ? destroyed : status);
}
