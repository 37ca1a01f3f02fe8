/* SPDX-License-Identifier: Apache-2.0
 *
 * A counter to wake the event loop with (eventfd(2) of Linux).
 */

#ifndef UPGATE_SYS_EVENTFD_H
#define UPGATE_SYS_EVENTFD_H

enum { EFD_NONBLOCK = 0x800, EFD_CLOEXEC = 0x80000 };

int eventfd(unsigned count, int flags);

#endif
