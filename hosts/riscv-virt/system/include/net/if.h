/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of interfaces: there is one, and its number is 1.
 */

#ifndef UPGATE_NET_IF_H
#define UPGATE_NET_IF_H

#define IF_NAMESIZE 16

unsigned if_nametoindex(const char *name);
char *if_indextoname(unsigned index, char *name);

#endif
