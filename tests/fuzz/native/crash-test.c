// SPDX-License-Identifier: Apache-2.0
//
// A reader that reads behind its input when that is a 1: shows that a fault is seen, and told.

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	if (length == 1 && bytes[0] == 1)
		fuzz_taken = bytes[length];
	return 0;
}
