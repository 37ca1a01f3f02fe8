// SPDX-License-Identifier: Apache-2.0
//
// The firmware process on Linux: takes the options the boot loader passes on, starts the machine with the heap of the
// manifest's `creation`, runs the main module, then the event loop with promise jobs after every callback.

#include "host.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "loop/loop.h"
#include "mc.creation.h"
#include "xs-host.h"

/* More than the boot loader passes on: its own 7 and up to 64 of the command line. */
#define OPTIONS_MAX 96

static struct {
	struct {
		char name[48];
		const char *value;
	} list[OPTIONS_MAX];
	int count;
	int restart;
} host;

static void usage(const char *text)
{
	fprintf(stderr, "upgate: %s\n", text);
	exit(HOST_EXIT_USAGE);
}

/* `--option name=value` is stored as name, `--port name=value` as port.name, `--name value` as name. */
static void add_option(const char *prefix, const char *text)
{
	const char *equal = strchr(text, '=');
	if (host.count == OPTIONS_MAX)
		usage("too many options");
	if (!equal || (equal == text) || (strlen(prefix) + (size_t)(equal - text) >= sizeof(host.list[0].name)))
		usage("--option and --port want name=value");
	snprintf(host.list[host.count].name, sizeof(host.list[0].name), "%s%.*s", prefix, (int)(equal - text), text);
	host.list[host.count++].value = equal + 1;
}

static void parse_arguments(int argc, char **argv)
{
	for (int i = 1; i < argc; i += 2) {
		if (strncmp(argv[i], "--", 2) || (i + 1 == argc))
			usage("arguments are pairs of --name and value");
		if (!strcmp(argv[i], "--option"))
			add_option("", argv[i + 1]);
		else if (!strcmp(argv[i], "--port"))
			add_option("port.", argv[i + 1]);
		else {
			if (host.count == OPTIONS_MAX)
				usage("too many options");
			snprintf(host.list[host.count].name, sizeof(host.list[0].name), "%s", argv[i] + 2);
			host.list[host.count++].value = argv[i + 1];
		}
	}
}

const char *host_option(const char *name)
{
	for (int i = host.count - 1; i >= 0; i--)
		if (!strcmp(host.list[i].name, name))
			return host.list[i].value;
	return NULL;
}

static int descriptor(const char *name, int standard)
{
	const char *value = host_option(name);
	if (!value)
		value = host_option("serial-fd");
	if (!value)
		return standard;
	return atoi(value);
}

int host_serial_input(void)
{
	return descriptor("serial-input", STDIN_FILENO);
}

int host_serial_output(void)
{
	return descriptor("serial-output", STDOUT_FILENO);
}

const char *host_flash_path(void)
{
	return host_option("flash");
}

int host_flash_timing(void)
{
	const char *value = host_option("flash-timing");
	return value && !strcmp(value, "1");
}

int host_running_slot(void)
{
	const char *value = host_option("slot");
	return value && !strcmp(value, "1");
}

static void write_all(int fd, const char *text, size_t length)
{
	while (length) {
		ssize_t count = write(fd, text, length);
		if (count <= 0) {
			if ((count < 0) && (errno == EINTR))
				continue;
			return;
		}
		text += count;
		length -= (size_t)count;
	}
}

void host_fatal(int status, const char *cause, const char *text)
{
	char line[2304];
	int serial = host_serial_output();
	int length = snprintf(line, sizeof(line), "\r\nupgate: %s%s%s\r\n", cause, text[0] ? ": " : "", text);
	if (length > (int)sizeof(line) - 1)
		length = (int)sizeof(line) - 1;
	write_all((serial >= 0) ? serial : STDERR_FILENO, line, (size_t)length);
	_exit(status);
}

void host_restart(void)
{
	host.restart = 1;
	loop_stop();
}

/* A turn that computes for so many seconds (0: as long as it likes) hangs: SIGPROF ends the process, and the boot loader takes that
 * for the watchdog. Processor time, so that neither waiting nor a stop (Ctrl-Z) counts. */
static void feed_watchdog(long seconds)
{
	struct itimerval timer = {.it_value.tv_sec = seconds};
	if (seconds > 0)
		setitimer(ITIMER_PROF, &timer, NULL);
}

/* `time-quiet` (ms): virtual time, see loop.h. */
static void set_time(void)
{
	const char *scale = host_option("time-scale");
	const char *quiet = host_option("time-quiet");
	if (scale)
		loop_set_time_scale(atof(scale));
	if (quiet)
		loop_set_virtual_time((unsigned)atoi(quiet));
}

static void after_callback(void *context)
{
	xs_run_jobs(context);
}

/* What the manifest's `creation` says, unless an option of the command line tries another size. */
static size_t creation_size(const char *option, size_t size)
{
	const char *value = host_option(option);
	char *end;
	if (!value)
		return size;
	long given = strtol(value, &end, 10);
	if ((given <= 0) || (given > (1 << 28)) || *end)
		usage("heap and stack want a number above 0");
	return (size_t)given;
}

/* A build for 32 bits has the chip's memory, to show what fits there. One for 64 bits is for machines with memory to spare: its slots
 * are twice as large, and as much again keeps collections rare, each of which looks at all that lives. */
static bool roomy(void)
{
	return sizeof(txSlot) > 16;
}

static size_t region_size(void)
{
	/* `static` counts 16-byte slots as on the chip. */
	return creation_size("heap", MC_CREATION_STATIC_SIZE) * (roomy() ? 4 : 1);
}

static void enlarge_pools(txCreation *creation)
{
	if (!roomy())
		return;
	creation->initialChunkSize = (txSize)(region_size() / 6);
	creation->initialHeapCount = (txSize)(region_size() / 3 / sizeof(txSlot));
}

static txMachine *start_machine(void)
{
	txCreation creation = {
		.initialChunkSize = MC_CREATION_INITIAL_CHUNK_SIZE,
		.incrementalChunkSize = MC_CREATION_INCREMENTAL_CHUNK_SIZE,
		.initialHeapCount = MC_CREATION_INITIAL_HEAP_COUNT,
		.incrementalHeapCount = MC_CREATION_INCREMENTAL_HEAP_COUNT,
		.stackCount = (txSize)creation_size("stack", MC_CREATION_STACK_COUNT),
		.initialKeyCount = MC_CREATION_INITIAL_KEY_COUNT,
		.incrementalKeyCount = MC_CREATION_INCREMENTAL_KEY_COUNT,
		.nameModulo = MC_CREATION_NAME_MODULO,
		.symbolModulo = MC_CREATION_SYMBOL_MODULO,
		.parserBufferSize = MC_CREATION_PARSER_BUFFER_SIZE,
		.parserTableModulo = MC_CREATION_PARSER_TABLE_MODULO,
	};
	enlarge_pools(&creation);
	return xs_program_start(&creation, region_size(), "upgate");
}

int main(int argc, char **argv)
{
	parse_arguments(argc, argv);
	signal(SIGPIPE, SIG_IGN);
	const char *watchdog = host_option("watchdog");
	long patience = watchdog ? atol(watchdog) : 0;
	feed_watchdog(patience);
	if (!loop_default())
		host_fatal(HOST_EXIT_FAILURE, "no event loop", strerror(errno));
	set_time();
	txMachine *the = start_machine();
	if (!the)
		host_fatal(HOST_EXIT_FAILURE, "the machine cannot start", "");
	loop_set_after_callback(after_callback, the);
	xs_program_run(the, MC_MAIN);
	int result = host.restart ? -1 : 0;
	while (result >= 0) {
		feed_watchdog(patience);
		result = loop_run_once(-1);
	}
	/* As a reset is: no clean-up, which could change the status (a leak check) or wait for the lookup thread. */
	if (host.restart)
		_exit(HOST_EXIT_RESTART);
	host_fatal(HOST_EXIT_FAILURE, "the event loop failed", strerror(-result));
}
