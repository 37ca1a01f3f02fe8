// SPDX-License-Identifier: Apache-2.0
//
// The serial line: an NS16550A. Its own queue is 16 bytes; what arrives is taken into a larger one at each look.
// Source: National Semiconductor PC16550D data sheet, section 8.

#include "machine.h"

enum { DATA = 0, FIFO = 2, LINE_CONTROL = 3, LINE_STATUS = 5 };
enum { STATUS_DATA = 0x01, STATUS_EMPTY = 0x20, QUEUE = 4096 };

static struct {
	uint8_t bytes[QUEUE];
	size_t start;
	size_t count;
	uint32_t arrived;
} input;

static volatile uint8_t *const uart = (volatile uint8_t *)MACHINE_UART;

void uart_start(void)
{
	uart[LINE_CONTROL] = 3; // 8 bits, no parity
	uart[FIFO] = 1;
}

void uart_put(char byte)
{
	while (!(uart[LINE_STATUS] & STATUS_EMPTY)) {
	}
	uart[DATA] = (uint8_t)byte;
}

/* Leaves bytes in the chip when the queue is full: then the sender has to wait, as on a line with flow control. */
size_t uart_waiting(void)
{
	while (input.count < QUEUE && (uart[LINE_STATUS] & STATUS_DATA)) {
		input.bytes[(input.start + input.count++) % QUEUE] = uart[DATA];
		input.arrived++;
	}
	return input.count;
}

uint32_t uart_arrived(void)
{
	uart_waiting();
	return input.arrived;
}

size_t uart_take(void *buffer, size_t length)
{
	uint8_t *to = buffer;
	size_t count = 0;
	uart_waiting();
	for (; count < length && input.count > 0; count++, input.count--) {
		to[count] = input.bytes[input.start];
		input.start = (input.start + 1) % QUEUE;
	}
	return count;
}
