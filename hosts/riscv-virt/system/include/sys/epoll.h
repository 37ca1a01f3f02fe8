/* SPDX-License-Identifier: Apache-2.0
 *
 * Waiting for events as epoll(7) of Linux has it: one instance, see ../../epoll.c.
 */

#ifndef UPGATE_SYS_EPOLL_H
#define UPGATE_SYS_EPOLL_H

#include <stdint.h>

#define EPOLLIN 0x001u
#define EPOLLOUT 0x004u
#define EPOLLERR 0x008u
#define EPOLLHUP 0x010u
#define EPOLLRDHUP 0x2000u
#define EPOLLET 0x80000000u

enum { EPOLL_CLOEXEC = 0x80000 };
enum { EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLL_CTL_MOD = 3 };

typedef union {
	void *ptr;
	int fd;
	uint64_t u64;
} epoll_data_t;

struct epoll_event {
	uint32_t events;
	epoll_data_t data;
};

int epoll_create1(int flags);
int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event);
int epoll_wait(int epoll, struct epoll_event *events, int count, int timeout_ms);

#endif
