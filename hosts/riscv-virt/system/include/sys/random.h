/* SPDX-License-Identifier: Apache-2.0
 *
 * Random bytes of the machine's own source (getrandom(2) of Linux).
 */

#ifndef UPGATE_SYS_RANDOM_H
#define UPGATE_SYS_RANDOM_H

#include <sys/types.h>

ssize_t getrandom(void *buffer, size_t length, unsigned flags);

#endif
