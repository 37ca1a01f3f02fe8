// SPDX-License-Identifier: Apache-2.0
//
// Stands for the chip, its ROM and the second-stage loader of a Linux gateway: owns the serial line, picks the firmware in
// the flash file, runs it, and does so again at each reset. Exit status: 0 off, 1 bad options or flash, 2 nothing bootable.

#include "options.h"
#include "otadata.h"
#include "run.h"
#include "select.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WATCHDOG_SECONDS "30" // as on the chip (sdkconfig)

enum {
	STATUS_OFF = 0,
	STATUS_RESTART = 64,
	EXIT_SETUP = 1,
	EXIT_NOTHING_BOOTABLE = 2,
	GOOD_RUN_SECONDS = 60, // a firmware that ran so long starts the count of panics anew
	MAX_PANIC_DELAYS = 30
};

typedef struct {
	Options options;
	UART uart;
	Runner runner;
	const char *reason;
	unsigned panics;   // in a row
	int64_t powerOnMs; // on the clock of now_ms
	char log[2048];    // why slots were passed over, lines ended by LF
} Board;

static void log_line(void *context, const char *line)
{
	Board *board = context;
	size_t used = strlen(board->log);
	snprintf(board->log + used, sizeof(board->log) - used, "%s\n", line);
}

static void print_log(Board *board)
{
	char *state = NULL, text[192];
	for (char *line = strtok_r(board->log, "\n", &state); line != NULL; line = strtok_r(NULL, "\n", &state)) {
		snprintf(text, sizeof(text), "boot: %s", line);
		uart_print(&board->uart, text);
	}
}

static int64_t now_ms(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void print_banner(Board *board, const Boot *boot)
{
	char text[192];
	/* A line of its own, whatever the firmware left on the terminal. */
	snprintf(text, sizeof(text), "\r\nrst: %s", board->reason);
	uart_print(&board->uart, text);
	print_log(board);
	snprintf(text, sizeof(text), "boot: %s at 0x%x, %s %s, %s", boot->label, (unsigned)boot->offset, boot->image.name,
		boot->image.version, boot->state);
	uart_print(&board->uart, text);
}

static bool run(Board *board, const Boot *boot)
{
	char slot[12], serial[12], elapsed[24];
	char *argv[OPTIONS_MAX_PASSED + 20];
	int count = 0;
	snprintf(slot, sizeof(slot), "%d", boot->slot);
	snprintf(serial, sizeof(serial), "%d", board->uart.board);
	snprintf(elapsed, sizeof(elapsed), "%lld", (long long)(now_ms() - board->powerOnMs));
	const char *own[] = {"upgate", "--flash", board->options.flash, "--slot", slot, "--mac", board->options.mac,
		"--reset-reason", board->reason, "--serial-fd", serial, "--powered", elapsed, "--watchdog", WATCHDOG_SECONDS};
	for (unsigned i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		argv[count++] = (char *)own[i];
	for (int i = 0; i < board->options.passedCount; i++)
		argv[count++] = board->options.passed[i];
	argv[count] = NULL;
	return runner_run(&board->runner, boot->program, argv);
}

static void note_panic(Board *board, int64_t seconds)
{
	char text[64];
	int status = board->runner.status;
	bool hung = WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF; // see the firmware's main.c
	if (hung)
		snprintf(text, sizeof(text), "watchdog: the program hung");
	else if (WIFSIGNALED(status))
		snprintf(text, sizeof(text), "panic: signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		snprintf(text, sizeof(text), "panic: status %d", WEXITSTATUS(status));
	uart_print(&board->uart, text);
	board->reason = hung ? "watchdog" : "panic";
	board->panics = seconds >= GOOD_RUN_SECONDS ? 1 : board->panics + 1;
	if (board->panics < 2)
		return;
	unsigned times = board->panics < 7 ? 1u << (board->panics - 2) : MAX_PANIC_DELAYS;
	runner_pause(&board->runner, board->options.panicDelayMs * (times < MAX_PANIC_DELAYS ? times : MAX_PANIC_DELAYS));
}

/** One power-on or reset. @returns the exit status, or -1 to reset */
static int boot_once(Board *board)
{
	Boot boot;
	board->log[0] = 0;
	BootResult result = boot_select(&boot, board->options.flash, log_line, board);
	if (result != BOOT_FOUND) {
		uart_suspend(&board->uart);
		fprintf(stderr, "bootloader: nothing started\n%s", board->log);
		if (board->uart.line < 0) // otherwise the same people read both
			print_log(board);
		return result == BOOT_NOTHING ? EXIT_NOTHING_BOOTABLE : EXIT_SETUP;
	}
	print_banner(board, &boot);
	int64_t start = now_ms();
	bool started = run(board, &boot);
	boot_release(&boot);
	if (board->runner.off)
		return 0;
	int status = board->runner.status;
	if (!started) {
		fprintf(stderr, "bootloader: no process: %s\n", strerror(errno));
		return EXIT_SETUP;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == STATUS_OFF)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == STATUS_RESTART) {
		board->reason = "software";
		board->panics = 0;
	} else {
		note_panic(board, (now_ms() - start) / 1000);
	}
	return board->runner.off ? 0 : -1;
}

static void hold_standard_files(void)
{
	// A missing descriptor 0 to 2 would be given to the flash or the line.
	int file;
	do {
		file = open("/dev/null", O_RDWR);
	} while (file >= 0 && file <= STDERR_FILENO);
	if (file > STDERR_FILENO)
		close(file);
	// What our own starter left open is nothing for the firmware.
	close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
}

int main(int argc, char **argv)
{
	static Board board = {.reason = "power-on"};
	hold_standard_files();
	if (!options_read(&board.options, argc, argv)) {
		fprintf(stderr, "bootloader: %s\n%s", board.options.problem, options_usage);
		return EXIT_SETUP;
	}
	board.powerOnMs = now_ms();
	if (board.options.withParent)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!runner_open(&board.runner, &board.uart)) {
		fprintf(stderr, "bootloader: signals: %s\n", strerror(errno));
		return EXIT_SETUP;
	}
	const char *problem = uart_open(&board.uart, board.options.serial);
	if (problem != NULL) {
		fprintf(stderr, "bootloader: %s: %s\n", problem, strerror(errno));
		return EXIT_SETUP;
	}
	int status;
	do {
		status = boot_once(&board);
	} while (status < 0);
	uart_close(&board.uart);
	return status;
}
