// SPDX-License-Identifier: Apache-2.0
//
// A gauge for memory: how much a gateway needs, not how much it has taken while there was enough. It lets the engine have few free
// slots and bytes of chunks at a time, so that garbage is collected at once and the peaks are those of live data, within one step.
// What a stretch of time needed goes to the event file as one record, after each event and when the process gets SIGUSR1; then the
// next stretch begins. For programs whose manifest includes this folder's. By the linker's --wrap it stands between caller and
// callee of a few functions, so that engine, host and modules are the very ones that are shipped.

#include "../xs/xs-host.h"

#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

#include "../host.h"
#include "../loop/loop.h"
#include "../xs/xs-figures.h"

#if UINTPTR_MAX == UINT32_MAX
_Static_assert(sizeof(txSlot) == 16, "a slot is as large as on the chip");
#endif

/* Free slots after a collection, unless `--option gauge=N` says otherwise; 0: no gauge, the program as it is without. */
#define STEP_DEFAULT 64
/* Free bytes of chunks for each of them. */
#define CHUNK_BYTES_PER_STEP 16

static struct {
	int started;
	txSize step;
	int signals;
	txMachine *machine;
	txU4 collections;
	size_t tls_now;
	size_t tls_peak;
} gauge;

void __real_fxCheckProfiler(txMachine *the, txSlot *frame);
void __wrap_fxCheckProfiler(txMachine *the, txSlot *frame);
void __real_xs_board_event(txMachine *the);
void __wrap_xs_board_event(txMachine *the);
void *__real_tls_calloc(size_t count, size_t size);
void *__wrap_tls_calloc(size_t count, size_t size);
void __real_tls_free(void *block);
void __wrap_tls_free(void *block);

/* What Mbed TLS has. */

void *__wrap_tls_calloc(size_t count, size_t size)
{
	void *block = __real_tls_calloc(count, size);
	if (block)
		gauge.tls_now += malloc_usable_size(block);
	if (gauge.tls_peak < gauge.tls_now)
		gauge.tls_peak = gauge.tls_now;
	return block;
}

void __wrap_tls_free(void *block)
{
	if (block)
		gauge.tls_now -= malloc_usable_size(block);
	__real_tls_free(block);
}

/* The next collection finds the rest again, as it does all slots that nothing refers to. */
static void hold_slots_back(txMachine *the)
{
	txSlot *last = the->freeHeap;
	for (txSize left = gauge.step - 1; last && left; left--)
		last = last->next;
	if (last)
		last->next = C_NULL;
}

/* The free end of the chunks goes back to the region; the engine takes it again in steps of its own, after a collection. */
static void hold_chunks_back(txMachine *the)
{
	txBlock *block = the->firstBlock;
	txByte *limit = block->current + gauge.step * CHUNK_BYTES_PER_STEP;
	if (block->nextBlock || (limit >= block->limit) || ((unsigned char *)block->limit != the->regionChunks))
		return;
	the->maximumChunksSize -= (txSize)(block->limit - limit);
	block->limit = limit;
	the->regionChunks = (unsigned char *)limit;
}

static void after_collection(txMachine *the)
{
	gauge.collections = the->garbageCollectionCount;
	hold_slots_back(the);
	hold_chunks_back(the);
}

static void write_use(FILE *file, const char *name, size_t live, size_t peak, size_t reserved)
{
	fprintf(file, "\"%s\":{\"live\":%zu,\"peak\":%zu,\"reserved\":%zu},", name, live, peak, reserved);
}

/* Ends a stretch. The peaks are those before this collection. */
static void cut(txMachine *the, const char *cause)
{
	xs_figures_t peaks, live;
	FILE *file = fopen(host_option("events"), "ae");
	xs_figures(the, &peaks);
	fxCollectGarbage(the);
	xs_figures(the, &live);
	if (!file)
		host_fatal(HOST_EXIT_FAILURE, "no event file for the gauge", "");
	fprintf(file, "{\"event\":\"gauge\",\"cause\":\"%s\",", cause);
	write_use(file, "slots", live.slots.now, peaks.slots.peak, (size_t)the->maximumHeapCount * sizeof(txSlot));
	write_use(file, "chunks", live.chunks.now, peaks.chunks.peak, (size_t)the->maximumChunksSize);
	write_use(file, "stack", live.stack.now, peaks.stack.peak, peaks.stack.size);
	write_use(file, "native", live.native.now, peaks.native.peak, 0);
	fprintf(file, "\"tls\":{\"live\":%zu,\"peak\":%zu},", gauge.tls_now, gauge.tls_peak);
	fprintf(file, "\"aliases\":%d,\"keys\":%d,", (int)the->aliasCount, (int)(the->keyCount - the->keyOffset));
	fprintf(file, "\"names\":%d,", (int)(the->keyIndex - the->keyOffset));
	fprintf(file, "\"collections\":%u}\n", (unsigned)the->garbageCollectionCount);
	fclose(file);
	the->peakHeapCount = the->currentHeapCount;
	the->peakChunksSize = the->currentChunksSize;
	the->stackPeak = the->stack;
	native_peak_reset();
	gauge.tls_peak = gauge.tls_now;
}

static void on_signal(void *context, uint32_t events)
{
	struct signalfd_siginfo information;
	(void)events;
	while (read(gauge.signals, &information, sizeof(information)) == (ssize_t)sizeof(information))
		cut(context, "signal");
}

static void start(txMachine *the)
{
	const char *step = host_option("gauge");
	sigset_t set;
	loop_watch_t *watch;
	gauge.started = 1;
	gauge.step = step ? atoi(step) : STEP_DEFAULT;
	if (!host_option("events") || (gauge.step <= 0))
		return;
	gauge.machine = the;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	gauge.signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if ((gauge.signals < 0) || loop_watch(gauge.signals, EPOLLIN, on_signal, the, &watch))
		host_fatal(HOST_EXIT_FAILURE, "no signals for the gauge", "");
}

/* The engine calls this when it begins to run scripts, and at the end of each collection. */
void __wrap_fxCheckProfiler(txMachine *the, txSlot *frame)
{
	if (the->regionBase) {
		if (!gauge.started)
			start(the);
		if (gauge.machine && (the->garbageCollectionCount != gauge.collections))
			after_collection(the);
	}
	__real_fxCheckProfiler(the, frame);
}

void __wrap_xs_board_event(txMachine *the)
{
	__real_xs_board_event(the);
	if (gauge.machine)
		cut(the, "event");
}
