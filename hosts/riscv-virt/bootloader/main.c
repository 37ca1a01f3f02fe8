// SPDX-License-Identifier: Apache-2.0
//
// The machine's boot loader: QEMU starts it at power-on and at each reset (`-bios`). Tells why it runs, has the firmware chosen,
// checked and put into memory by the Linux host's sources, notes for it what a reset must not forget, and jumps to it.

#include "../machine/machine.h"
#include "select.h"

#include <stdio.h>
#include <string.h>

#define PANIC_DELAY_US 1000000u
#define MAX_PANIC_DELAYS 30u
/* A firmware that ran so long starts the count of panics anew. */
#define GOOD_RUN_US 60000000u

void machine_main(void);
/* program.c */
void program_start(void);

static void log_line(void *context, const char *line)
{
	(void)context;
	printf("boot: %s\n", line);
}

static const char *reason_text(void)
{
	static const char *const names[] = {"power-on", "software", "panic", "watchdog"};
	return names[MACHINE_KEPT->reason];
}

/* What is kept, or what power-on makes of it. */
static void begin(void)
{
	volatile machine_kept_t *kept = MACHINE_KEPT;
	if (kept->magic == MACHINE_KEPT_MAGIC && kept->reason <= MACHINE_WATCHDOG)
		return;
	kept->magic = MACHINE_KEPT_MAGIC;
	kept->reason = MACHINE_POWER_ON;
	kept->panics = 0;
	kept->powered_us = machine_time_us();
	kept->started_us = kept->powered_us;
}

/* From the second panic in a row on, 1, 2, 4 ... 30 s, as on Linux. */
static void pause_after_panics(void)
{
	volatile machine_kept_t *kept = MACHINE_KEPT;
	if (kept->reason < MACHINE_PANIC) {
		kept->panics = 0;
		return;
	}
	kept->panics = machine_time_us() - kept->started_us >= GOOD_RUN_US ? 1 : kept->panics + 1;
	if (kept->panics < 2)
		return;
	uint32_t times = kept->panics < 7 ? 1u << (kept->panics - 2) : MAX_PANIC_DELAYS;
	uint64_t end = machine_time_us() + (uint64_t)PANIC_DELAY_US * (times < MAX_PANIC_DELAYS ? times : MAX_PANIC_DELAYS);
	while (machine_time_us() < end)
		machine_sleep_until(end);
}

void machine_main(void)
{
	static Boot boot;
	uart_start();
	begin();
	printf("\nrst: %s\n", reason_text());
	pause_after_panics();
	if (boot_select(&boot, "disk", log_line, NULL) != BOOT_FOUND) {
		printf("boot: nothing started\n");
		machine_off();
	}
	printf("boot: %s at 0x%x, %s %s, %s\n", boot.label, (unsigned)boot.offset, boot.image.name, boot.image.version,
		boot.state);
	MACHINE_KEPT->slot = boot.slot;
	MACHINE_KEPT->started_us = machine_time_us();
	program_start();
}
