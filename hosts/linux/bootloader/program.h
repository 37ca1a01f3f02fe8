// SPDX-License-Identifier: Apache-2.0
//
// From the image in flash to a program in memory that can be started.
#ifndef BOOT_PROGRAM_H
#define BOOT_PROGRAM_H

#include "image.h"

/** @returns what stands for the program, 0 or more; -1 with errno when it cannot be had */
int program_copy(NOR *nor, const Image *image);

/** Below 0 is fine. */
void program_release(int program);

#endif
