/* SPDX-License-Identifier: Apache-2.0
 *
 * Platform header of the XS engine for the Linux host and the linker (XSPLATFORM in the XS build).
 * Little-endian, 16-bit identifiers (mx32bitID stays off so that x64, -m32 and the chip agree), memory from a fixed region
 * (xs-heap.c), C allocations counted (xs-native.c), no debugger connection.
 */

#ifndef UPGATE_XS_PLATFORM_H
#define UPGATE_XS_PLATFORM_H

#undef mxLittleEndian
#define mxLittleEndian 1
#undef mxLinux
#if defined(__linux__)
#define mxLinux 1
#else
#define mxLinux 0
#endif
#define mxExport extern
#define mxImport extern
#define XS_FUNCTION_NORETURN __attribute__((noreturn))

#include <ctype.h>
#include <fcntl.h>
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#if defined(__linux__)
#include <pthread.h>
#endif

#if defined(__linux__)
#define mxUseGCCAtomics 1
#define mxUsePOSIXThreads 1
#endif

/* Every C allocation of the engine and of our natives goes through the counter. */
void *native_malloc(size_t size);
void *native_calloc(size_t count, size_t size);
void *native_realloc(void *block, size_t size);
void native_free(void *block);
#define c_malloc native_malloc
#define c_calloc native_calloc
#define c_realloc native_realloc
#define c_free native_free
#define c_malloc_uint32 native_malloc
#define c_free_uint32 native_free

/* region*: the fixed heap of this machine, see xs-heap.c. */
#define mxMachinePlatform \
	void *waiterCondition; \
	void *waiterData; \
	void *waiterLink; \
	unsigned char *regionBase; \
	unsigned char *regionChunks; \
	unsigned char *regionSlots; \
	int promiseJobs;

#define mxUseDefaultBuildKeys 1
#define mxUseDefaultSharedChunks 1
#define mxUseDefaultDebug 1

/* No mxCESU8: strings are UTF-8 as on the chip, where a character above U+FFFF counts as one. */

#endif
