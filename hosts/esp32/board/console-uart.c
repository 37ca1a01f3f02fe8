/* SPDX-License-Identifier: Apache-2.0
 *
 * UART 0 by ESP-IDF's driver. The SDK's serial class has the hardware's buffer of 128 bytes alone, from which the scripts have to fetch
 * what comes within 3 ms at 115200 bits per second: a garbage collection takes longer, and a block of XMODEM has 1029 bytes. And when
 * the queue of messages is full as bytes come, that class tells of none any more. Here an interrupt of the driver fetches them.
 * Source: ESP-IDF v6.0 API reference, "Universal Asynchronous Receiver/Transmitter"; driver/uart_select.h.
 */

#include "xsmc.h"
#include "xsHost.h"
#include "mc.xs.h"

#include "driver/uart.h"
#include "driver/uart_select.h"
#include "soc/uart_pins.h"

#include <stdbool.h>

#define PORT UART_NUM_0
/* Two blocks of XMODEM-1K; the driver's least is more than the hardware's 128. */
#define KEPT_BYTES 2304
/* The interrupt comes with half of the hardware's buffer free, 5 ms at 115200 bits per second. */
#define INTERRUPT_BYTES 64
/* Or when nothing has come for so many characters. */
#define INTERRUPT_SILENCE 4

static struct {
	xsMachine *the;
	xsSlot self;
	bool open;
	/* A message is under way; guarded by the driver's lock for notes. */
	bool posted;
} console;

static void deliver(void *machine, void *context, uint8_t *message, uint16_t length)
{
	xsMachine *the = machine;
	(void)context;
	(void)message;
	(void)length;
	portENTER_CRITICAL(uart_get_selectlock());
	console.posted = false;
	portEXIT_CRITICAL(uart_get_selectlock());
	if (!console.open)
		return;
	xsBeginHost(the);
	(void)xsCall0(console.self, xsID_onBytes);
	xsEndHost(the);
}

/* In the driver's interrupt, which holds the lock. A message that finds no room is sent with the next bytes. */
static void note(uart_port_t port, uart_select_notif_t what, BaseType_t *woken)
{
	(void)port;
	(void)what;
	(void)woken;
	if (!console.posted && console.open)
		console.posted = modMessagePostToMachineFromISR(console.the, deliver, NULL) == 0;
}

static bool start(int baud)
{
	uart_config_t config = {
		.baud_rate = baud,
		.data_bits = UART_DATA_8_BITS,
		.parity = UART_PARITY_DISABLE,
		.stop_bits = UART_STOP_BITS_1,
		.flow_ctrl = UART_HW_FLOWCTRL_DISABLE,
		.source_clk = UART_SCLK_DEFAULT,
	};
	return uart_param_config(PORT, &config) == ESP_OK &&
		uart_set_pin(PORT, U0TXD_GPIO_NUM, U0RXD_GPIO_NUM, UART_PIN_NO_CHANGE, UART_PIN_NO_CHANGE) == ESP_OK &&
		uart_set_rx_full_threshold(PORT, INTERRUPT_BYTES) == ESP_OK &&
		uart_set_rx_timeout(PORT, INTERRUPT_SILENCE) == ESP_OK;
}

void xs_esp32_uart_open(xsMachine *the)
{
	xsIntegerValue baud = xsmcToInteger(xsArg(0));
	if (baud <= 0)
		xsRangeError("invalid baud");
	if (uart_is_driver_installed(PORT) || uart_driver_install(PORT, KEPT_BYTES, 0, 0, NULL, 0) != ESP_OK)
		xsUnknownError("no UART");
	if (!start(baud)) {
		(void)uart_driver_delete(PORT);
		xsUnknownError("no UART");
	}
	console.the = the;
	console.self = xsThis;
	xsRemember(console.self);
	xsmcSetHostData(xsThis, &console);
	console.open = true;
	uart_set_select_notif_callback(PORT, note);
}

static void end(void)
{
	if (!console.open)
		return;
	console.open = false;
	(void)uart_driver_delete(PORT);
}

void xs_esp32_uart_destructor(void *data)
{
	if (data)
		end();
}

void xs_esp32_uart_close(xsMachine *the)
{
	if (!xsmcGetHostData(xsThis))
		return;
	xsForget(console.self);
	xsmcSetHostData(xsThis, NULL);
	end();
}

static void need_open(xsMachine *the)
{
	if (!console.open || !xsmcGetHostData(xsThis))
		xsUnknownError("closed");
}

void xs_esp32_uart_available(xsMachine *the)
{
	size_t count = 0;
	need_open(the);
	(void)uart_get_buffered_data_len(PORT, &count);
	xsmcSetInteger(xsResult, (xsIntegerValue)count);
}

void xs_esp32_uart_read(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue length;
	need_open(the);
	xsmcGetBufferWritable(xsArg(0), &bytes, &length);
	int count = uart_read_bytes(PORT, bytes, length, 0);
	xsmcSetInteger(xsResult, count < 0 ? 0 : count);
}

void xs_esp32_uart_send(xsMachine *the)
{
	void *bytes;
	xsUnsignedValue length;
	need_open(the);
	xsmcGetBufferReadable(xsArg(0), &bytes, &length);
	int count = uart_tx_chars(PORT, bytes, length);
	xsmcSetInteger(xsResult, count < 0 ? 0 : count);
}
