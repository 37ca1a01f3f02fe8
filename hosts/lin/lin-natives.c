/* SPDX-License-Identifier: Apache-2.0
 *
 * Natives of the SDK's Linux simulator: output, time, random bytes, end.
 */

#include "xsmc.h"
#include "mc.xs.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

void xs_lin_print(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue length;
	xsmcGetBufferReadable(xsArg(0), &bytes, &length);
	for (size_t done = 0; done < length;) {
		ssize_t count = write(STDOUT_FILENO, (char *)bytes + done, length - done);
		if (count < 0 && errno == EINTR)
			continue;
		/* Nobody reads: the simulator goes on without its console. */
		if (count < 0)
			return;
		done += (size_t)count;
	}
}

void xs_lin_ticks(xsMachine *the)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	xsmcSetNumber(xsResult, (double)now.tv_sec * 1000.0 + (double)(now.tv_nsec / 1000000));
}

void xs_lin_random(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue length;
	xsmcGetBufferWritable(xsArg(0), &bytes, &length);
	for (size_t done = 0; done < length;) {
		ssize_t count = getrandom((char *)bytes + done, length - done, 0);
		if (count < 0 && errno != EINTR)
			xsUnknownError("no random source");
		if (count > 0)
			done += (size_t)count;
	}
}

/* The simulator around it has threads and windows: no exit handlers. */
void xs_lin_exit(xsMachine *the)
{
	(void)the;
	_exit(0);
}
