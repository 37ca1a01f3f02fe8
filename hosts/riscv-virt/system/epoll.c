// SPDX-License-Identifier: Apache-2.0
//
// The wait of the event loop: looks at serial line and network, reports what was raised, sleeps until a device wakes the hart.
// Edge-triggered watches are reported when something has happened since the last report, others while it holds.
// Source: epoll(7), eventfd(2). One instance.

#include "file.h"

#include "../machine/machine.h"
#include "../network/network.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

typedef struct {
	file_t file;
	uint64_t count;
} counter_t;

static uint32_t nothing_poll(file_t *file)
{
	(void)file;
	return 0;
}

static ssize_t nothing_read(file_t *file, void *buffer, size_t length)
{
	(void)file, (void)buffer, (void)length;
	return file_fail(EINVAL);
}

static ssize_t nothing_write(file_t *file, const void *buffer, size_t length)
{
	(void)file, (void)buffer, (void)length;
	return file_fail(EINVAL);
}

static size_t nothing_waiting(file_t *file)
{
	(void)file;
	return 0;
}

static void nothing_close(file_t *file)
{
	(void)file;
}

static const file_kind_t epoll_kind = {nothing_poll, nothing_read, nothing_write, nothing_waiting, nothing_close};
static file_t instance = {.kind = &epoll_kind};

static uint32_t counter_poll(file_t *file)
{
	return ((counter_t *)file)->count ? EPOLLIN : 0;
}

static ssize_t counter_write(file_t *file, const void *buffer, size_t length)
{
	if (length != sizeof(uint64_t))
		return file_fail(EINVAL);
	((counter_t *)file)->count += *(const uint64_t *)buffer;
	return (ssize_t)length;
}

static const file_kind_t counter_kind = {counter_poll, nothing_read, counter_write, nothing_waiting, nothing_close};
static counter_t counter = {.file = {.kind = &counter_kind}};

int epoll_create1(int flags)
{
	(void)flags;
	machine_start_interrupts();
	return file_open(&instance);
}

/* The loop's own, to be woken by: it lives as long as the program. */
int eventfd(unsigned count, int flags)
{
	(void)flags;
	counter.count = count;
	return file_open(&counter.file);
}

int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
	file_t *file = file_get(fd);
	(void)epoll;
	if (!file)
		return -1;
	file->watched = operation != EPOLL_CTL_DEL;
	if (!file->watched)
		return 0;
	file->interest = event->events | EPOLLERR | EPOLLHUP;
	file->data = event->data.ptr;
	file->raised = true;
	return 0;
}

static bool is_due(file_t *file)
{
	return file->raised || !(file->interest & EPOLLET);
}

static int collect(struct epoll_event *events, int count)
{
	int found = 0;
	for (int fd = 0; fd < file_limit() && found < count; fd++) {
		file_t *file = file_get(fd);
		if (!file || !file->watched || !is_due(file))
			continue;
		uint32_t now = file->kind->poll(file) & file->interest;
		file->raised = false;
		if (!now)
			continue;
		events[found].events = now;
		events[found++].data.ptr = file->data;
	}
	return found;
}

int epoll_wait(int epoll, struct epoll_event *events, int count, int timeout_ms)
{
	uint64_t end = timeout_ms < 0 ? UINT64_MAX : machine_time_us() + (uint64_t)timeout_ms * 1000;
	(void)epoll;
	for (;;) {
		files_look();
		network_poll();
		int found = collect(events, count);
		uint64_t now = machine_time_us();
		if (found || now >= end)
			return found;
		uint64_t wake = now + network_idle_us();
		machine_sleep_until(wake < end ? wake : end);
	}
}
