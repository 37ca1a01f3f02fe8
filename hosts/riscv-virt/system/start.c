// SPDX-License-Identifier: Apache-2.0
//
// From start.S to `main` of hosts/linux/main.c: arguments as the Linux host's boot loader gives them, from what the boot loader
// kept, the network device, and the options that QEMU hands over (machine.h), one argument a line.

#include "../machine/machine.h"
#include "../network/network.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As many as hosts/linux/main.c takes, and the program's name. */
#define ARGUMENTS_MAX 160
#define WATCHDOG_SECONDS "30"

int main(int argc, char **argv);
void machine_main(void);

static struct {
	char *list[ARGUMENTS_MAX + 1];
	int count;
} arguments;

static void add(const char *text)
{
	if (arguments.count < ARGUMENTS_MAX)
		arguments.list[arguments.count++] = (char *)text;
}

static void add_pair(const char *name, const char *value)
{
	add(name);
	add(value);
}

static const char *reason_text(void)
{
	static const char *const names[] = {"power-on", "software", "panic", "watchdog"};
	uint32_t reason = MACHINE_KEPT->reason;
	return reason < sizeof(names) / sizeof(names[0]) ? names[reason] : "unknown";
}

static void add_own(void)
{
	static char mac[13], powered[24];
	uint8_t bytes[6];
	network_mac(bytes);
	for (int i = 0; i < 6; i++)
		snprintf(mac + 2 * i, 3, "%02X", bytes[i]);
	snprintf(powered, sizeof(powered), "%lu", (unsigned long)((machine_time_us() - MACHINE_KEPT->powered_us) / 1000));
	add("upgate");
	add_pair("--flash", "disk");
	add_pair("--slot", MACHINE_KEPT->slot == 1 ? "1" : "0");
	add_pair("--mac", mac);
	add_pair("--reset-reason", reason_text());
	add_pair("--powered", powered);
	add_pair("--watchdog", WATCHDOG_SECONDS);
}

static void add_given(void)
{
	static char text[MACHINE_OPTIONS_LENGTH];
	memcpy(text, MACHINE_OPTIONS, sizeof(text) - 1);
	for (char *line = strtok(text, "\r\n"); line; line = strtok(NULL, "\r\n"))
		add(line);
}

void machine_main(void)
{
	uart_start();
	network_start();
	add_own();
	add_given();
	exit(main(arguments.count, arguments.list));
}
