/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory figures of the running machine, in bytes, for natives that see xsmc.h only.
 */

#ifndef UPGATE_XS_FIGURES_H
#define UPGATE_XS_FIGURES_H

#include <stddef.h>

typedef struct {
	size_t now;
	size_t peak;
	size_t size;
} xs_use_t;

typedef struct {
	xs_use_t slots;
	xs_use_t chunks;
	xs_use_t stack;
	xs_use_t native;
} xs_figures_t;

/* `machine` is the xsMachine of a native. */
void xs_figures(void *machine, xs_figures_t *figures);

#endif
