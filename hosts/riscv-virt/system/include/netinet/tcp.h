/* SPDX-License-Identifier: Apache-2.0
 *
 * TCP options (POSIX.1-2017, netinet/tcp.h).
 */

#ifndef UPGATE_NETINET_TCP_H
#define UPGATE_NETINET_TCP_H

enum { TCP_NODELAY = 1 };

#endif
