/* SPDX-License-Identifier: Apache-2.0
 *
 * The devices of QEMU's 32-bit `virt` machine that both the boot loader and the firmware drive. One hart, machine mode, no
 * interrupts taken: the hart sleeps in wfi and then looks at its devices. Source: QEMU 7.2, hw/riscv/virt.c.
 */

#ifndef UPGATE_MACHINE_H
#define UPGATE_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MACHINE_TEST 0x00100000u
#define MACHINE_RTC 0x00101000u
#define MACHINE_CLINT 0x02000000u
#define MACHINE_PLIC 0x0c000000u
#define MACHINE_UART 0x10000000u
#define MACHINE_UART_IRQ 10u
#define MACHINE_VIRTIO 0x10001000u
#define MACHINE_VIRTIO_COUNT 8u

/* What lives from one reset to the next; power-on clears it. Between the boot loader (1 MB) and the firmware, see link-*.ld. */
typedef struct {
	uint32_t magic;
	uint32_t reason;     /* machine_reason_t of the reset that is going on */
	uint32_t panics;     /* in a row */
	int32_t slot;        /* which the loader started */
	uint64_t powered_us; /* machine_time_us of power-on */
	uint64_t started_us; /* of the start of the firmware */
} machine_kept_t;

#define MACHINE_KEPT ((volatile machine_kept_t *)0x80100000u)
#define MACHINE_KEPT_MAGIC 0x55504754u

/* Start-up options: text that QEMU puts there at each reset (`-device loader`), ended by a zero. */
#define MACHINE_OPTIONS ((const char *)0x80110000u)
#define MACHINE_OPTIONS_LENGTH 0x10000u

typedef enum { MACHINE_POWER_ON, MACHINE_SOFTWARE, MACHINE_PANIC, MACHINE_WATCHDOG } machine_reason_t;

static inline volatile uint32_t *machine_register(uintptr_t address)
{
	return (volatile uint32_t *)address;
}

/* Serial line (NS16550A): output waits for the transmitter. */
void uart_start(void);
void uart_put(char byte);
/* Takes what has arrived, at most length bytes. */
size_t uart_take(void *buffer, size_t length);
/* Bytes that uart_take would give. */
size_t uart_waiting(void);
/* Bytes that have arrived since the start. */
uint32_t uart_arrived(void);

/* Microseconds since the machine was switched on; not set back by a reset. */
uint64_t machine_time_us(void);
/* Nanoseconds since 1970 (goldfish RTC). */
uint64_t machine_wall_ns(void);

/* Sleeps until a device wants something or time_us is reached. */
void machine_sleep_until(uint64_t time_us);
/* Device interrupts wake the hart from now on. */
void machine_start_interrupts(void);

/* Resets after `us` microseconds unless called again; 0: not. */
void machine_watchdog(uint64_t us);

void machine_reset(machine_reason_t reason) __attribute__((noreturn));
void machine_off(void) __attribute__((noreturn));

#endif
