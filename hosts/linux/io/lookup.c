/* SPDX-License-Identifier: Apache-2.0
 *
 * Name lookup in one helper thread. The main thread makes and frees lookups; the helper only reads name and family and
 * writes status and address, between taking a lookup from `queue` and putting it on `done`. Sources: getaddrinfo(3).
 */

#include "lookup.h"

#include "../loop/loop.h"
#include "io-memory.h"

#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* getaddrinfo of glibc needs about 100 KB. */
#define HELPER_STACK (256 * 1024)

struct lookup {
	lookup_t *next;
	/* Main thread only; fn is NULL after cancel. */
	lookup_fn fn;
	void *ctx;
	lookup_status_t status;
	net_address_t address;
	int family;
	char name[LOOKUP_NAME_LIMIT + 1];
};

/* The helper thread of the process. */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	lookup_t *queue;
	lookup_t *done;
	int event;
	loop_watch_t *watch;
	unsigned count;
} helper = {.lock = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER, .event = -1};

static void look_up(lookup_t *lookup)
{
	struct addrinfo hints = {.ai_family = lookup->family, .ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	int error = getaddrinfo(lookup->name, NULL, &hints, &list);
	lookup->status = LOOKUP_FAILED;
	if (error == EAI_NONAME || error == EAI_NODATA || error == EAI_ADDRFAMILY)
		lookup->status = LOOKUP_NAME;
	if (!error && list && list->ai_addrlen <= sizeof(lookup->address)) {
		memcpy(&lookup->address, list->ai_addr, list->ai_addrlen);
		lookup->status = LOOKUP_FOUND;
	}
	if (list)
		freeaddrinfo(list);
}

static void *run_helper(void *unused)
{
	uint64_t one = 1;
	for (;;) {
		pthread_mutex_lock(&helper.lock);
		while (!helper.queue)
			pthread_cond_wait(&helper.wake, &helper.lock);
		lookup_t *lookup = helper.queue;
		helper.queue = lookup->next;
		pthread_mutex_unlock(&helper.lock);
		look_up(lookup);
		pthread_mutex_lock(&helper.lock);
		lookup->next = helper.done;
		helper.done = lookup;
		pthread_mutex_unlock(&helper.lock);
		/* Never full: the counter is far from its end. */
		if (write(helper.event, &one, sizeof(one)) < 0)
			return unused;
	}
}

static void finish(lookup_t *lookup)
{
	lookup_fn fn = lookup->fn;
	void *ctx = lookup->ctx;
	lookup_status_t status = lookup->status;
	net_address_t address = lookup->address;
	helper.count--;
	native_free(lookup);
	if (fn)
		fn(ctx, status, &address);
}

/* Ends one lookup a turn; the event stays readable while there are more. */
static void on_done(void *ctx, uint32_t events)
{
	uint64_t count;
	(void)ctx, (void)events;
	if (read(helper.event, &count, sizeof(count)) < 0)
		return;
	pthread_mutex_lock(&helper.lock);
	lookup_t **link = &helper.done;
	while (*link && (*link)->next)
		link = &(*link)->next;
	lookup_t *oldest = *link;
	*link = NULL;
	pthread_mutex_unlock(&helper.lock);
	if (oldest)
		finish(oldest);
}

static bool start_helper(void)
{
	pthread_t thread;
	pthread_attr_t attributes;
	sigset_t all, before;
	if (helper.watch)
		return true;
	if (helper.event < 0)
		helper.event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE);
	if (helper.event < 0 || loop_watch(helper.event, EPOLLIN, on_done, NULL, &helper.watch) < 0)
		return false;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, HELPER_STACK);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	/* Signals belong to the main thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int error = pthread_create(&thread, &attributes, run_helper, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	if (!error)
		return true;
	loop_unwatch(helper.watch);
	helper.watch = NULL;
	return false;
}

lookup_t *lookup_start(const char *name, int family, lookup_fn fn, void *ctx)
{
	size_t length = strlen(name);
	if (helper.count >= LOOKUP_LIMIT || length > LOOKUP_NAME_LIMIT || !start_helper())
		return NULL;
	lookup_t *lookup = native_calloc(1, sizeof(*lookup));
	if (!lookup)
		return NULL;
	lookup->fn = fn;
	lookup->ctx = ctx;
	lookup->family = family;
	memcpy(lookup->name, name, length + 1);
	helper.count++;
	pthread_mutex_lock(&helper.lock);
	lookup_t **link = &helper.queue;
	while (*link)
		link = &(*link)->next;
	*link = lookup;
	pthread_cond_signal(&helper.wake);
	pthread_mutex_unlock(&helper.lock);
	return lookup;
}

void lookup_cancel(lookup_t *lookup)
{
	pthread_mutex_lock(&helper.lock);
	lookup_t **link = &helper.queue;
	while (*link && *link != lookup)
		link = &(*link)->next;
	bool waiting = *link != NULL;
	if (waiting)
		*link = lookup->next;
	pthread_mutex_unlock(&helper.lock);
	/* One that runs or is done comes to its end without owner. */
	lookup->fn = NULL;
	if (!waiting)
		return;
	helper.count--;
	native_free(lookup);
}
