/* SPDX-License-Identifier: Apache-2.0
 *
 * Natives of SHA256 over a PSA hash operation. The operation lies outside the engine's heap: the driver may point into it.
 */

#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"

#include "psa/crypto.h"

#define SHA256_BYTES 32

void xs_psa_sha256_destructor(void *data)
{
	if (!data)
		return;
	psa_hash_abort(data);
	c_free(data);
}

static psa_hash_operation_t *get(xsMachine *the, xsSlot *slot)
{
	return xsmcGetHostDataValidate(*slot, (void *)xs_psa_sha256_destructor);
}

static void check(xsMachine *the, psa_status_t status)
{
	if (status != PSA_SUCCESS)
		xsUnknownError("hash failed: %d", (int)status);
}

void xs_psa_sha256_constructor(xsMachine *the)
{
	check(the, psa_crypto_init());
	psa_hash_operation_t *operation = c_calloc(1, sizeof(*operation));
	if (!operation)
		xsUnknownError("no memory");
	xsmcSetHostData(xsThis, operation);
	check(the, psa_hash_setup(operation, PSA_ALG_SHA_256));
}

void xs_psa_sha256_update(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue length;
	psa_hash_operation_t *operation = get(the, &xsThis);
	xsmcGetBufferReadable(xsArg(0), &bytes, &length);
	check(the, psa_hash_update(operation, bytes, length));
}

/* An operation that has ended refuses every further call. */
void xs_psa_sha256_digest(xsMachine *the)
{
	uint8_t digest[SHA256_BYTES];
	size_t length;
	check(the, psa_hash_finish(get(the, &xsThis), digest, sizeof(digest), &length));
	xsmcVars(1);
	xsmcSetArrayBuffer(xsVar(0), digest, sizeof(digest));
	xsmcNew(xsResult, xsGlobal, xsID_Uint8Array, &xsVar(0), NULL);
}

void xs_psa_sha256_copy(xsMachine *the)
{
	psa_hash_operation_t *to = get(the, &xsArg(0));
	const psa_hash_operation_t *from = get(the, &xsArg(1));
	check(the, psa_hash_abort(to));
	check(the, psa_hash_clone(from, to));
	xsResult = xsArg(0);
}
