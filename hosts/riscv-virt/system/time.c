// SPDX-License-Identifier: Apache-2.0
//
// Time, random bytes and memory of the machine under their POSIX names. Sources: POSIX.1-2017; getrandom(2), mmap(2).

#include "file.h"

#include "../machine/machine.h"
#include "../machine/virtio.h"

#include <errno.h>
#include <malloc.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/time.h>
#include <time.h>

int clock_gettime(clockid_t clock, struct timespec *time)
{
	uint64_t ns = clock == CLOCK_REALTIME ? machine_wall_ns() : machine_time_us() * 1000;
	time->tv_sec = (time_t)(ns / 1000000000u);
	time->tv_nsec = (long)(ns % 1000000000u);
	return 0;
}

int gettimeofday(struct timeval *time, void *zone)
{
	uint64_t us = machine_wall_ns() / 1000u;
	(void)zone;
	time->tv_sec = (time_t)(us / 1000000u);
	time->tv_usec = (suseconds_t)(us % 1000000u);
	return 0;
}

int nanosleep(const struct timespec *time, struct timespec *left)
{
	uint64_t end = machine_time_us() + (uint64_t)time->tv_sec * 1000000u + (uint64_t)time->tv_nsec / 1000u;
	(void)left;
	while (machine_time_us() < end)
		machine_sleep_until(end);
	return 0;
}

ssize_t getrandom(void *buffer, size_t length, unsigned flags)
{
	(void)flags;
	return entropy_fill(buffer, length) ? (ssize_t)length : file_fail(EIO);
}

void *mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
	(void)address, (void)protection, (void)flags, (void)fd, (void)offset;
	void *memory = memalign(16, length);
	if (!memory)
		return MAP_FAILED;
	return memset(memory, 0, length);
}

/* The host's watchdog: seconds from now, counted while the program computes (machine.c). */
int setitimer(int which, const struct itimerval *value, struct itimerval *before)
{
	(void)which, (void)before;
	machine_watchdog((uint64_t)value->it_value.tv_sec * 1000000u);
	return 0;
}
