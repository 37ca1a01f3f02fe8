// SPDX-License-Identifier: Apache-2.0
//
// How many names of properties the program has beside those that were linked into it. The engine makes one whenever an object is asked
// for a name that no other has had, and never gives it back.

#include "xsAll.h"

void xs_soak_names(txMachine *the);

void xs_soak_names(txMachine *the)
{
	mxResult->value.integer = (txInteger)(the->keyIndex - the->keyOffset);
	mxResult->kind = XS_INTEGER_KIND;
}
