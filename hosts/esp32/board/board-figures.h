/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory figures of a machine, from the engine's own counters. Apart from the natives, because xs.h and the engine's internal header do
 * not go together.
 */

#ifndef UPGATE_BOARD_FIGURES_H
#define UPGATE_BOARD_FIGURES_H

#include <stddef.h>

/* Bytes. */
typedef struct {
	size_t now;
	size_t peak;
	size_t size;
} board_use_t;

typedef struct {
	board_use_t slots;
	board_use_t chunks;
	board_use_t stack;
	board_use_t native;
} board_figures_t;

/* All but `native`. */
void board_figures(void *machine, board_figures_t *figures);

#endif
