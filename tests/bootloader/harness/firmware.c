// SPDX-License-Identifier: Apache-2.0
//
// A firmware for tests of the loader: says how it was started, then does what it is told on the serial line.
//
//   exit N    ends with status N          kill N   ends by signal N         lock     opens the flash and keeps its lock
//   say TEXT  sends TEXT                  fill N   sends N bytes
//   pid       says its process id         fds      says its open descriptors
//   spoil     damages both programs in the flash
// With `--option lossy=1` it drops what the line does not take at once.
// Without a serial line: writes its arguments to the file of `--events`, and ends with the status of `--option exit=N`.

#include "nor.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int serial = -1;
static int patienceMs = -1;

static void send_bytes(const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t count = write(serial, bytes, length);
		struct pollfd ready = {.fd = serial, .events = POLLOUT};
		if (count < 0 && errno == EAGAIN && poll(&ready, 1, patienceMs) == 0)
			return;
		else if (count < 0 && errno == EAGAIN)
			continue;
		else if (count < 0)
			_exit(99);
		else
			bytes += count, length -= (size_t)count;
	}
}

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
	char text[2048];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text) - 2, format, arguments);
	va_end(arguments);
	strcat(text, "\r\n");
	send_bytes(text, strlen(text));
}

static const char *option(int argc, char **argv, const char *name)
{
	for (int i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], name) == 0)
			return argv[i + 1];
	}
	return "";
}

static void join(int argc, char **argv, char *text, size_t size)
{
	text[0] = 0;
	for (int i = 0; i < argc; i++)
		snprintf(text + strlen(text), size - strlen(text), "%s%s", i > 0 ? " " : "", argv[i]);
}

static void say_descriptors(void)
{
	char text[256] = "";
	DIR *folder = opendir("/proc/self/fd");
	struct dirent *entry;
	while (folder != NULL && (entry = readdir(folder)) != NULL) {
		int file = atoi(entry->d_name);
		if (entry->d_name[0] != '.' && file != dirfd(folder))
			snprintf(text + strlen(text), sizeof(text) - strlen(text), " %d", file);
	}
	say("fds%s", text);
}

static void fill(int count)
{
	char line[64];
	memset(line, 'x', sizeof(line));
	for (; count > 0; count -= 64)
		send_bytes(line, count < 64 ? (size_t)count : 64);
	say(" filled");
}

static void spoil(const char *flash)
{
	NOR *nor;
	if (nor_open(&nor, flash, true) != NOR_OK)
		_exit(96);
	nor_program(nor, 0x20000, "", 1);
	nor_program(nor, 0x60000, "", 1);
	nor_close(nor);
	say("spoilt");
}

static void obey(const char *line, const char *flash)
{
	int number = 0;
	NOR *nor;
	if (sscanf(line, "exit %d", &number) == 1)
		exit(number);
	if (sscanf(line, "kill %d", &number) == 1)
		kill(getpid(), number);
	else if (sscanf(line, "fill %d", &number) == 1)
		fill(number);
	else if (strncmp(line, "say ", 4) == 0)
		say("%s", line + 4);
	else if (strcmp(line, "pid") == 0)
		say("pid %d group %d", (int)getpid(), (int)getpgrp());
	else if (strcmp(line, "fds") == 0)
		say_descriptors();
	else if (strcmp(line, "spoil") == 0)
		spoil(flash);
	else if (strcmp(line, "lock") == 0)
		say("lock %s", nor_message(nor_open(&nor, flash, true)));
	else
		say("what is \"%s\"?", line);
}

static void without_serial(int argc, char **argv)
{
	char text[2048];
	join(argc, argv, text, sizeof(text));
	FILE *file = fopen(option(argc, argv, "--events"), "a");
	if (file == NULL)
		exit(98);
	fprintf(file, "%s\n", text);
	fclose(file);
	exit(atoi(option(argc, argv, "--option") + strlen("exit=")));
}

int main(int argc, char **argv)
{
	char text[2048], line[256];
	size_t length = 0;
	serial = atoi(option(argc, argv, "--serial-fd"));
	if (serial < 0)
		without_serial(argc, argv);
	if (strcmp(option(argc, argv, "--option"), "lossy=1") == 0)
		patienceMs = 0;
	join(argc, argv, text, sizeof(text));
	say("started: %s", text);
	for (;;) {
		char byte;
		ssize_t count = read(serial, &byte, 1);
		struct pollfd ready = {.fd = serial, .events = POLLIN};
		if (count < 0 && errno == EAGAIN) {
			poll(&ready, 1, -1);
		} else if (count <= 0) {
			return 97;
		} else if (byte == '\n' || byte == '\r') {
			line[length] = 0;
			length = 0;
			obey(line, option(argc, argv, "--flash"));
		} else if (length < sizeof(line) - 1) {
			line[length++] = byte;
		}
	}
}
