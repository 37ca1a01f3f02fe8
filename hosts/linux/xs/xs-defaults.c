/* SPDX-License-Identifier: Apache-2.0
 *
 * The engine's table of what a program may leave out. As the SDK's linker does for the chip (`strip` of its manifest_base.json),
 * functions are made without `length` and `name`: two slots less for each closure and each function of a promise.
 */

#include "xsAll.h"

#define fxNewFunctionLength C_NULL
#define fxNewFunctionName C_NULL
#include "xsDefaults.c"
