// SPDX-License-Identifier: Apache-2.0
//
// Time, sleep, watchdog, reset. Sources: RISC-V privileged specification 1.12 (mtime, wfi); SiFive test finisher and
// goldfish RTC as QEMU 7.2 has them; RISC-V PLIC specification 1.0.0.

#include "machine.h"

#define TICKS_PER_US 10u // mtime of `virt`: 10 MHz

enum { TEST_OFF = 0x5555, TEST_RESET = 0x7777, MTIMECMP = 0x4000, MTIME = 0xbff8 };
enum { PLIC_ENABLE = 0x2000, PLIC_THRESHOLD = 0x200000, PLIC_CLAIM = 0x200004 };
enum { MIE_TIMER = 1 << 7, MIE_EXTERNAL = 1 << 11 };

static uint64_t watchdog_us;

uint64_t machine_time_us(void)
{
	volatile uint32_t *time = machine_register(MACHINE_CLINT + MTIME);
	uint32_t high, low;
	do {
		high = time[1];
		low = time[0];
	} while (time[1] != high);
	return ((uint64_t)high << 32 | low) / TICKS_PER_US;
}

uint64_t machine_wall_ns(void)
{
	// The low word holds the high one still.
	uint32_t low = *machine_register(MACHINE_RTC);
	return (uint64_t)*machine_register(MACHINE_RTC + 4) << 32 | low;
}

static void set_alarm(uint64_t time_us)
{
	volatile uint32_t *compare = machine_register(MACHINE_CLINT + MTIMECMP);
	uint64_t ticks = time_us > UINT64_MAX / TICKS_PER_US ? UINT64_MAX : time_us * TICKS_PER_US;
	compare[1] = UINT32_MAX; // no alarm between the two halves
	compare[0] = (uint32_t)ticks;
	compare[1] = (uint32_t)(ticks >> 32);
}

void machine_start_interrupts(void)
{
	for (unsigned irq = 1; irq <= MACHINE_UART_IRQ; irq++)
		*machine_register(MACHINE_PLIC + 4 * irq) = 1;
	*machine_register(MACHINE_PLIC + PLIC_ENABLE) = (2u << MACHINE_UART_IRQ) - 2;
	*machine_register(MACHINE_PLIC + PLIC_THRESHOLD) = 0;
	((volatile uint8_t *)MACHINE_UART)[1] = 1; // received data
}

/* The alarm stands for the end of the sleep here, and for the watchdog while the program computes. */
void machine_sleep_until(uint64_t time_us)
{
	set_alarm(time_us);
	// In wfi a pending interrupt wakes the hart without being taken, since mstatus.MIE is clear.
	__asm__ volatile("csrc mstatus, 8\n\tcsrw mie, %0\n\twfi" ::"r"(MIE_TIMER | MIE_EXTERNAL));
	__asm__ volatile("csrw mie, zero");
	for (uint32_t irq; (irq = *machine_register(MACHINE_PLIC + PLIC_CLAIM)) != 0;)
		*machine_register(MACHINE_PLIC + PLIC_CLAIM) = irq;
	machine_watchdog(watchdog_us);
}

void machine_watchdog(uint64_t us)
{
	watchdog_us = us;
	if (!us) {
		__asm__ volatile("csrc mstatus, 8");
		return;
	}
	set_alarm(machine_time_us() + us);
	__asm__ volatile("csrw mie, %0\n\tcsrs mstatus, 8" ::"r"(MIE_TIMER));
}

void machine_reset(machine_reason_t reason)
{
	MACHINE_KEPT->reason = reason;
	*machine_register(MACHINE_TEST) = TEST_RESET;
	for (;;) {
	}
}

void machine_off(void)
{
	*machine_register(MACHINE_TEST) = TEST_OFF;
	for (;;) {
	}
}
