// SPDX-License-Identifier: Apache-2.0
//
// Between sha256.c and the parts of it that not every processor can run.
#ifndef BOOT_SHA256_BLOCKS_H
#define BOOT_SHA256_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SHA256_BLOCK 64

extern const uint32_t sha256_constants[64];

/** Whether this processor runs `sha256_add_fast`. */
bool sha256_is_fast(void);
/** Takes whole blocks into the state. */
void sha256_add_fast(uint32_t state[8], const uint8_t *blocks, size_t count);

#endif
