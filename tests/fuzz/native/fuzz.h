// SPDX-License-Identifier: Apache-2.0
//
// What each reader's fuzz program is made of. With libFuzzer its engine calls LLVMFuzzerTestOneInput; without, driver.c does.
#ifndef FUZZ_H
#define FUZZ_H

#include "../../../hosts/linux/flash/nor-file.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/** A promise of the reader. A broken one ends the process as a crash does. */
#define PROMISE(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "broken promise, %s line %d: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

/** One case: never keeps the bytes. @returns 0 always; `fuzz_taken` is 0 when the reader refused the input */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

extern int fuzz_taken;

/**
 * A chip in memory with `length` bytes at `offset` and 0xFF elsewhere. Array, trailer and wear counters are allocations of
 * their own, so that a read outside of one is seen.
 * @param size a multiple of 4096
 */
NOR *chip_make(uint32_t size, uint32_t offset, const uint8_t *bytes, size_t length);
void chip_free(NOR *nor);

#endif
