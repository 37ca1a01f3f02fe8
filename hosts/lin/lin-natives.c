/* SPDX-License-Identifier: Apache-2.0
 *
 * Natives of the SDK's Linux simulator: output, time, random bytes, files and environment, end; memory for Mbed TLS, which is built for hosts/linux and
 * asks its host for it (modules/tls/mbedtls-config.h).
 */

#include "xsmc.h"
#include "mc.xs.h"

#include <errno.h>
#include <stdio.h>
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

void xs_lin_environment(xsMachine *the)
{
	const char *value = getenv(xsmcToString(xsArg(0)));
	if (value)
		xsmcSetString(xsResult, (char *)value);
}

/* Most that is read: the largest flash file. */
#define FILE_LIMIT (16 * 1024 * 1024)

void xs_lin_readFile(xsMachine *the)
{
	FILE *file = fopen(xsmcToString(xsArg(0)), "rb");
	if (!file)
		xsUnknownError("cannot open the file");
	long length = fseek(file, 0, SEEK_END) ? -1 : ftell(file);
	if (length < 0 || length > FILE_LIMIT || fseek(file, 0, SEEK_SET)) {
		fclose(file);
		xsUnknownError("cannot read the file");
	}
	xsmcSetArrayBuffer(xsResult, NULL, (xsIntegerValue)length);
	size_t count = fread(xsmcToArrayBuffer(xsResult), 1, (size_t)length, file);
	fclose(file);
	if (count != (size_t)length)
		xsUnknownError("cannot read the file");
}

/* The simulator around it has threads and windows: no exit handlers. */
void xs_lin_exit(xsMachine *the)
{
	(void)the;
	_exit(0);
}

void *native_calloc(size_t count, size_t size)
{
	return calloc(count, size);
}

void native_free(void *block)
{
	free(block);
}
