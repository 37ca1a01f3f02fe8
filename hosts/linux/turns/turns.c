// SPDX-License-Identifier: Apache-2.0
//
// A gauge for how long the event loop is blocked: of each turn the processor time, and the time that the modelled flash chip would have
// taken to program and to erase, during which a chip's processor waits. The longest turns since the last record go to the event file, as one
// record before each event. For programs whose manifest includes this folder's. By the linker's --wrap it stands between caller and callee of
// a few functions, as hosts/linux/gauge does, so that engine, host and modules are the very ones that are shipped.

#include "../xs/xs-host.h"

#include <stdio.h>
#include <time.h>

#include "../flash/nor.h"
#include "../host.h"
#include "../loop/loop.h"

/* Microseconds of one turn. */
typedef struct {
	uint64_t cpu;
	uint64_t program;
	uint64_t erase;
} Turn;

static struct {
	Turn now;
	unsigned long turns;
	/* By what is blocked without erases, and with them. */
	Turn work;
	Turn all;
} gauge;

int __real_loop_run_once(int timeout);
int __wrap_loop_run_once(int timeout);
NORResult __real_nor_program(NOR *nor, uint32_t offset, const void *bytes, uint32_t length);
NORResult __wrap_nor_program(NOR *nor, uint32_t offset, const void *bytes, uint32_t length);
NORResult __real_nor_erase(NOR *nor, uint32_t offset, uint32_t length);
NORResult __wrap_nor_erase(NOR *nor, uint32_t offset, uint32_t length);
void __real_xs_board_event(txMachine *the);
void __wrap_xs_board_event(txMachine *the);

NORResult __wrap_nor_program(NOR *nor, uint32_t offset, const void *bytes, uint32_t length)
{
	uint64_t before = nor_session(nor).busyMicroseconds;
	NORResult result = __real_nor_program(nor, offset, bytes, length);
	gauge.now.program += nor_session(nor).busyMicroseconds - before;
	return result;
}

NORResult __wrap_nor_erase(NOR *nor, uint32_t offset, uint32_t length)
{
	uint64_t before = nor_session(nor).busyMicroseconds;
	NORResult result = __real_nor_erase(nor, offset, length);
	gauge.now.erase += nor_session(nor).busyMicroseconds - before;
	return result;
}

static void write_turn(FILE *file, const char *name, const Turn *turn)
{
	fprintf(file, ",\"%s\":{\"cpu\":%llu,\"program\":%llu,\"erase\":%llu}", name, (unsigned long long)turn->cpu,
		(unsigned long long)turn->program, (unsigned long long)turn->erase);
}

/* Ends a stretch. The turn that runs belongs to the next one. */
static void cut(void)
{
	const char *path = host_option("events");
	FILE *file = path ? fopen(path, "ae") : NULL;
	if (file) {
		fprintf(file, "{\"event\":\"turns\",\"turns\":%lu", gauge.turns);
		write_turn(file, "work", &gauge.work);
		write_turn(file, "all", &gauge.all);
		fprintf(file, "}\n");
		fclose(file);
	}
	gauge.turns = 0;
	gauge.work = gauge.all = (Turn){0};
}

void __wrap_xs_board_event(txMachine *the)
{
	cut();
	__real_xs_board_event(the);
}

/* Of this thread, so that waiting, other processes and the lookup thread do not count. */
static uint64_t cpu_now(void)
{
	struct timespec now;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

int __wrap_loop_run_once(int timeout)
{
	uint64_t start = cpu_now();
	gauge.now = (Turn){0};
	int result = __real_loop_run_once(timeout);
	Turn *now = &gauge.now, *work = &gauge.work, *all = &gauge.all;
	now->cpu = cpu_now() - start;
	gauge.turns++;
	if (now->cpu + now->program > work->cpu + work->program)
		*work = *now;
	if (now->cpu + now->program + now->erase > all->cpu + all->program + all->erase)
		*all = *now;
	/* The program ends here, and no event follows. */
	if (result < 0)
		cut();
	return result;
}
