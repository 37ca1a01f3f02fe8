// SPDX-License-Identifier: Apache-2.0
//
// Firmware that is whole, signed and of the right model, and ends as soon as it starts: what a fleet has to get over. The loader takes
// the status for a panic.

#include <stdlib.h>

/* The builder of images writes the description here (tools/firmware-lib/program.ts). */
__attribute__((section(".rodata_desc"), used)) static const unsigned char description[256] = {1};

int main(void)
{
	abort();
}
