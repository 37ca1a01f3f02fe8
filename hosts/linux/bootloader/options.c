// SPDX-License-Identifier: Apache-2.0
//
// Command line of the loader.

#include "options.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char options_usage[] =
	"usage: bootloader --flash FILE --mac HEX12 [--serial stdio|pty:PATH|none] [--panic-delay MS]\n"
	"       [--with-parent 0|1]"
	"       [--listen ADDRESS] [--port NAME=NUMBER]... [--clock ISO] [--time-scale N] [--events FILE]\n"
	"       [--flash-timing 0|1] [--option NAME=VALUE]...\n";

__attribute__((format(printf, 2, 3))) static bool refuse(Options *options, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(options->problem, sizeof(options->problem), format, arguments);
	va_end(arguments);
	return false;
}

static bool passed_on(const char *name)
{
	static const char *const names[] = {
		"--listen", "--port", "--clock", "--time-scale", "--events", "--flash-timing", "--option"};
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

static bool good_mac(const char *mac)
{
	unsigned digits = 0;
	while (isxdigit((unsigned char)mac[digits]))
		digits++;
	return digits == 12 && mac[12] == 0;
}

static bool good_serial(const char *serial)
{
	return strcmp(serial, "stdio") == 0 || strcmp(serial, "none") == 0 ||
		(strncmp(serial, "pty:", 4) == 0 && serial[4] != 0);
}

static bool read_delay(Options *options, const char *value)
{
	char *end;
	unsigned long ms = strtoul(value, &end, 10);
	if (!isdigit((unsigned char)value[0]) || *end != 0 || ms > 60000)
		return refuse(options, "--panic-delay is 0 to 60000 milliseconds");
	options->panicDelayMs = (unsigned)ms;
	return true;
}

static bool read_option(Options *options, char *name, char *value)
{
	if (strcmp(name, "--flash") == 0) {
		options->flash = value;
	} else if (strcmp(name, "--mac") == 0) {
		options->mac = value;
	} else if (strcmp(name, "--serial") == 0) {
		options->serial = value;
	} else if (strcmp(name, "--panic-delay") == 0) {
		return read_delay(options, value);
	} else if (strcmp(name, "--with-parent") == 0) {
		options->withParent = strcmp(value, "1") == 0;
	} else if (passed_on(name)) {
		if (options->passedCount + 2 > OPTIONS_MAX_PASSED)
			return refuse(options, "more than %d options", OPTIONS_MAX_PASSED / 2);
		options->passed[options->passedCount++] = name;
		options->passed[options->passedCount++] = value;
	} else {
		return refuse(options, "unknown option %.60s", name);
	}
	return true;
}

bool options_read(Options *options, int argc, char **argv)
{
	memset(options, 0, sizeof(*options));
	options->serial = "stdio";
	options->panicDelayMs = 1000;
	for (int i = 1; i < argc; i += 2) {
		if (i + 1 >= argc)
			return refuse(options, "%.60s needs a value", argv[i]);
		if (!read_option(options, argv[i], argv[i + 1]))
			return false;
	}
	if (options->flash == NULL || options->flash[0] == 0)
		return refuse(options, "--flash is missing");
	if (options->mac == NULL || !good_mac(options->mac))
		return refuse(options, "--mac is 12 hex digits");
	if (!good_serial(options->serial))
		return refuse(options, "--serial is stdio, none or pty:PATH");
	return true;
}
