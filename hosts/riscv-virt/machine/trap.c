// SPDX-License-Identifier: Apache-2.0
//
// Traps: the watchdog's alarm, and whatever the program did wrong. All end in a reset.
// Source: RISC-V privileged specification 1.12, mcause.

#include "machine.h"

#define CAUSE_TIMER 0x80000007u

static void print(const char *text)
{
	while (*text)
		uart_put(*text++);
}

static void print_hex(uint32_t value)
{
	for (int shift = 28; shift >= 0; shift -= 4)
		uart_put("0123456789abcdef"[value >> shift & 15]);
}

void machine_trap(uint32_t cause, uint32_t address, uint32_t value) __attribute__((noreturn));

/* From start.S. */
void machine_trap(uint32_t cause, uint32_t address, uint32_t value)
{
	if (cause == CAUSE_TIMER) {
		print("\r\nwatchdog: the program hung at ");
		print_hex(address);
		print("\r\n");
		machine_reset(MACHINE_WATCHDOG);
	}
	print("\r\npanic: trap ");
	print_hex(cause);
	print(" at ");
	print_hex(address);
	print(", value ");
	print_hex(value);
	print("\r\n");
	machine_reset(MACHINE_PANIC);
}
