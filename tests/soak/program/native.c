// SPDX-License-Identifier: Apache-2.0
//
// Native part of native.ts. Sources: proc(5), mallinfo(3); PSA Crypto API 1.1.

#include <dirent.h>
#include <malloc.h>
#include <psa/crypto.h>
#include <stdio.h>
#include <stdlib.h>

#include "xsmc.h"

enum { SCALAR_BYTES = 32, POINT_BYTES = 65, SIGNATURE_BYTES = 64 };

void xs_soak_print(xsMachine *the)
{
	fprintf(stdout, "%s\n", xsmcToString(xsArg(0)));
	fflush(stdout);
}

void xs_soak_exit(xsMachine *the)
{
	exit(xsmcToInteger(xsArg(0)));
}

void xs_soak_collect(xsMachine *the)
{
	xsCollectGarbage();
}

void xs_soak_descriptors(xsMachine *the)
{
	int count = -3; /* `.`, `..`, and the descriptor of this look */
	DIR *folder = opendir("/proc/self/fd");
	if (!folder)
		xsUnknownError("no /proc/self/fd");
	while (readdir(folder))
		count++;
	closedir(folder);
	xsmcSetInteger(xsResult, count);
}

void xs_soak_heap(xsMachine *the)
{
	struct mallinfo2 info = mallinfo2();
	xsmcSetNumber(xsResult, (xsNumberValue)(info.uordblks + info.hblkhd));
}

void xs_soak_resident(xsMachine *the)
{
	unsigned long size, resident;
	FILE *file = fopen("/proc/self/statm", "r");
	int fields = file ? fscanf(file, "%lu %lu", &size, &resident) : 0;
	if (file)
		fclose(file);
	if (fields != 2)
		xsUnknownError("no /proc/self/statm");
	xsmcSetNumber(xsResult, (xsNumberValue)resident * 4096.0);
}

static psa_key_id_t import_key(xsMachine *the)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_key_id_t id;
	void *scalar;
	xsUnsignedValue length;
	xsmcGetBufferReadable(xsArg(0), &scalar, &length);
	psa_set_key_type(&attributes, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_bits(&attributes, SCALAR_BYTES * 8);
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH);
	psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
	psa_crypto_init();
	if (psa_import_key(&attributes, scalar, length, &id) != PSA_SUCCESS)
		xsUnknownError("no key");
	return id;
}

void xs_soak_publicKey(xsMachine *the)
{
	uint8_t point[POINT_BYTES];
	size_t length = 0;
	psa_key_id_t id = import_key(the);
	psa_status_t status = psa_export_public_key(id, point, sizeof(point), &length);
	psa_destroy_key(id);
	if (status != PSA_SUCCESS)
		xsUnknownError("no public key: %d", (int)status);
	xsmcSetArrayBuffer(xsResult, point, (xsIntegerValue)length);
}

void xs_soak_sign(xsMachine *the)
{
	uint8_t signature[SIGNATURE_BYTES];
	size_t length = 0;
	psa_key_id_t id = import_key(the);
	void *digest;
	xsUnsignedValue digest_length;
	xsmcGetBufferReadable(xsArg(1), &digest, &digest_length);
	psa_status_t status =
		psa_sign_hash(id, PSA_ALG_ECDSA(PSA_ALG_SHA_256), digest, digest_length, signature, sizeof(signature), &length);
	psa_destroy_key(id);
	if (status != PSA_SUCCESS)
		xsUnknownError("not signed: %d", (int)status);
	xsmcSetArrayBuffer(xsResult, signature, (xsIntegerValue)length);
}
