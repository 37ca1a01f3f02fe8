/* SPDX-License-Identifier: Apache-2.0
 *
 * The one request that the host makes: bytes that can be read (ioctl(2) of Linux).
 */

#ifndef UPGATE_SYS_IOCTL_H
#define UPGATE_SYS_IOCTL_H

#define FIONREAD 0x541bul
#define TIOCGPTN 0x5430ul

int ioctl(int fd, unsigned long request, ...);

#endif
