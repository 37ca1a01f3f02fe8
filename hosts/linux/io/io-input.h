/* SPDX-License-Identifier: Apache-2.0
 *
 * What the kernel holds for a descriptor, for streams of any kind. Without the engine's headers. Source: ioctl(2), tcp(7), tty_ioctl(4).
 */

#ifndef UPGATE_IO_INPUT_H
#define UPGATE_IO_INPUT_H

#include <stddef.h>

/* Bytes that can be read at once, at most limit; 0 without a descriptor (fd below 0), or when the kernel does not tell. */
size_t io_input_waiting(int fd, size_t limit);

#endif
