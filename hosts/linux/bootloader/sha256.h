// SPDX-License-Identifier: Apache-2.0
//
// SHA-256 (FIPS 180-4), streaming, so that the loader needs no library.
#ifndef BOOT_SHA256_H
#define BOOT_SHA256_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
	uint32_t state[8];
	uint64_t length;
	uint8_t block[64];
} SHA256;

void sha256_start(SHA256 *hash);
void sha256_update(SHA256 *hash, const void *bytes, size_t length);
/** Ends the hash; `hash` must be started again before further use. */
void sha256_finish(SHA256 *hash, uint8_t digest[32]);

#endif
