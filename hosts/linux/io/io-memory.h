/* SPDX-License-Identifier: Apache-2.0
 *
 * The counted C heap of the host, for native parts that do not include the engine's headers. Main thread only.
 */

#ifndef UPGATE_IO_MEMORY_H
#define UPGATE_IO_MEMORY_H

#include <stddef.h>

void *native_malloc(size_t size);
void *native_calloc(size_t count, size_t size);
void native_free(void *block);

#endif
