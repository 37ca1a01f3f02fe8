// SPDX-License-Identifier: Apache-2.0
//
// Natives of SHA256; the state lives in the object's host chunk, which the collector owns.

#include "xsmc.h"
#include "mc.xs.h"

#include "../bootloader/sha256.h"

typedef struct {
	SHA256 hash;
	int ended;
} sha256_record;

void xs_sha256_destructor(void *data)
{
	(void)data;
}

/* Valid until the next allocation. */
static sha256_record *live(xsMachine *the, xsSlot *slot)
{
	sha256_record *record = xsmcGetHostChunkValidate(*slot, xs_sha256_destructor);
	if (record->ended)
		xsUnknownError("the digest was taken");
	return record;
}

void xs_sha256_constructor(xsMachine *the)
{
	sha256_record record = {.ended = 0};
	sha256_start(&record.hash);
	xsmcSetHostChunk(xsThis, &record, sizeof(record));
}

void xs_sha256_update(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue length;
	xsmcGetBufferReadable(xsArg(0), &bytes, &length);
	sha256_update(&live(the, &xsThis)->hash, bytes, length);
}

void xs_sha256_digest(xsMachine *the)
{
	uint8_t digest[32];
	sha256_record *record = live(the, &xsThis);
	sha256_finish(&record->hash, digest);
	record->ended = 1;
	xsmcVars(1);
	xsmcSetArrayBuffer(xsVar(0), digest, sizeof(digest));
	xsmcNew(xsResult, xsGlobal, xsID_Uint8Array, &xsVar(0), NULL);
}

void xs_sha256_copy(xsMachine *the)
{
	sha256_record *to = live(the, &xsArg(0));
	const sha256_record *from = live(the, &xsArg(1));
	*to = *from;
	xsResult = xsArg(0);
}
