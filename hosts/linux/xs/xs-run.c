/* SPDX-License-Identifier: Apache-2.0
 *
 * The engine's interpreter, without what a debugger and a profiler want at each line and each call: here nobody can connect the one, nor
 * turn on the other. Which line runs is still noted: xs-abort.c tells it.
 */

#include "xsAll.h"

#define fxIsReadable(the) 0
#define fxCheckProfiler(the, frame) ((void)0)
#include "xsRun.c"
