/* SPDX-License-Identifier: Apache-2.0
 *
 * See io-input.h.
 */

#include "io-input.h"

#include <sys/ioctl.h>

size_t io_input_waiting(int fd, size_t limit)
{
	int available = 0;
	if (fd < 0 || ioctl(fd, FIONREAD, &available) < 0 || available < 0)
		return 0;
	return (size_t)available < limit ? (size_t)available : limit;
}
