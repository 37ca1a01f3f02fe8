// SPDX-License-Identifier: Apache-2.0
//
// Natives of the board: each reads or does one thing.

#include "xsmc.h"
#include "mc.xs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "../host-chip.h"
#include "../host.h"
#include "../loop/loop.h"
#include "../xs/xs-figures.h"
#include "application.h"

/* Reads through a volatile pointer: the packer changes the bytes after the compiler has seen them. */
static void copy_description(application_description_t *copy)
{
	const volatile unsigned char *from = (const volatile unsigned char *)&upgate_app_desc;
	unsigned char *to = (unsigned char *)copy;
	for (size_t i = 0; i < sizeof(*copy); i++)
		to[i] = from[i];
	copy->version[sizeof(copy->version) - 1] = 0;
	copy->project_name[sizeof(copy->project_name) - 1] = 0;
	copy->time[sizeof(copy->time) - 1] = 0;
	copy->date[sizeof(copy->date) - 1] = 0;
}

/* Build time from `date` ("Jan  1 2026") and `time` ("00:00:00"), taken as UTC; 0 when they are not of that form. */
static double built_ms(const application_description_t *description)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char month[4];
	struct tm tm = {0};
	if (sscanf(description->date, "%3s %d %d", month, &tm.tm_mday, &tm.tm_year) != 3)
		return 0;
	if (sscanf(description->time, "%d:%d:%d", &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 3)
		return 0;
	const char *found = strstr(months, month);
	if (!found || (strlen(month) != 3))
		return 0;
	tm.tm_mon = (int)(found - months) / 3;
	tm.tm_year -= 1900;
	time_t seconds = timegm(&tm);
	return (seconds < 0) ? 0 : (double)seconds * 1000.0;
}

void xs_board_application(xsMachine *the)
{
	application_description_t description;
	char hex[65];
	copy_description(&description);
	for (int i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", description.elf_sha256[i]);
	xsmcVars(1);
	xsmcSetNewObject(xsResult);
	xsmcSetString(xsVar(0), description.version);
	xsmcSet(xsResult, xsID_version, xsVar(0));
	xsmcSetString(xsVar(0), description.project_name);
	xsmcSet(xsResult, xsID_name, xsVar(0));
	xsmcSetNumber(xsVar(0), description.secure_version);
	xsmcSet(xsResult, xsID_secureVersion, xsVar(0));
	xsmcSetNumber(xsVar(0), built_ms(&description));
	xsmcSet(xsResult, xsID_builtMs, xsVar(0));
	xsmcSetString(xsVar(0), hex);
	xsmcSet(xsResult, xsID_sha256, xsVar(0));
}

void xs_board_option(xsMachine *the)
{
	const char *value = host_option(xsmcToString(xsArg(0)));
	if (value)
		xsmcSetString(xsResult, (char *)value);
}

void xs_board_chip(xsMachine *the)
{
	xsmcSetInteger(xsResult, HOST_CHIP);
}

/* The build for 32 bits has no more memory than the chip, and shall do as the chip does: undefined there. A record of TLS has 16 KB. */
void xs_board_piece_bytes(xsMachine *the)
{
	if (sizeof(void *) > 4)
		xsmcSetInteger(xsResult, 16384);
}

void xs_board_ticks(xsMachine *the)
{
	xsmcSetNumber(xsResult, (xsNumberValue)loop_now());
}

void xs_board_system_time(xsMachine *the)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	xsmcSetNumber(xsResult, (xsNumberValue)now.tv_sec * 1000.0 + (xsNumberValue)(now.tv_nsec / 1000000));
}

void xs_board_random(xsMachine *the)
{
	void *buffer;
	xsUnsignedValue length;
	xsmcGetBufferWritable(xsArg(0), &buffer, &length);
	for (size_t done = 0; done < length;) {
		ssize_t count = getrandom((char *)buffer + done, length - done, 0);
		if (count < 0) {
			if (errno == EINTR)
				continue;
			xsUnknownError("no random source");
		}
		done += (size_t)count;
	}
}

void xs_board_restart(xsMachine *the)
{
	(void)the;
	host_restart();
}

static void set_use(xsMachine *the, xsIdentifier id, const xs_use_t *use)
{
	xsmcSetNewObject(xsVar(0));
	xsmcSetNumber(xsVar(1), (xsNumberValue)use->now);
	xsmcSet(xsVar(0), xsID_now, xsVar(1));
	xsmcSetNumber(xsVar(1), (xsNumberValue)use->peak);
	xsmcSet(xsVar(0), xsID_peak, xsVar(1));
	xsmcSetNumber(xsVar(1), (xsNumberValue)use->size);
	xsmcSet(xsVar(0), xsID_size, xsVar(1));
	xsmcSet(xsResult, id, xsVar(0));
}

void xs_board_memory(xsMachine *the)
{
	xs_figures_t figures;
	/* What nobody uses any more is not in use. */
	xsCollectGarbage();
	xs_figures(the, &figures);
	xsmcVars(2);
	xsmcSetNewObject(xsResult);
	set_use(the, xsID_slots, &figures.slots);
	set_use(the, xsID_chunks, &figures.chunks);
	set_use(the, xsID_stack, &figures.stack);
	set_use(the, xsID_native, &figures.native);
}

void xs_board_event(xsMachine *the)
{
	const char *path = host_option("events");
	if (!path)
		return;
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (fd < 0)
		xsUnknownError("events: %s", strerror(errno));
	char *text = xsmcToString(xsArg(0));
	size_t length = strlen(text);
	char *line = c_malloc(length + 1);
	ssize_t written = -1;
	if (line) {
		memcpy(line, text, length);
		line[length] = '\n';
		/* One write, so that lines of several writers never mix (open(2), O_APPEND). */
		written = write(fd, line, length + 1);
		c_free(line);
	}
	close(fd);
	if (written != (ssize_t)length + 1)
		xsUnknownError("events: not written");
}
