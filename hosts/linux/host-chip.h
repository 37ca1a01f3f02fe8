/* SPDX-License-Identifier: Apache-2.0
 *
 * Chip identity that images for this host carry (modules/image/chips.ts); no chip of Espressif has it.
 */

#ifndef UPGATE_HOST_CHIP_H
#define UPGATE_HOST_CHIP_H

#if defined(__riscv)
#define HOST_CHIP 0x5256
#else
#define HOST_CHIP 0x8664
#endif

#endif
