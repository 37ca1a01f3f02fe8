// SPDX-License-Identifier: Apache-2.0
//
// Tests of the loader on a terminal: mode while it runs, mode afterwards, keys that send signals.
// argv: an empty folder (not used), then the loader's command line. Prints "ok TITLE" or "not ok TITLE: LINE" per test.

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { DEADLINE_MS = 20000 };

#define CHECK(condition) \
	do { \
		if (!(condition)) \
			return __LINE__; \
	} while (0)

typedef struct {
	int terminal; // the user's end
	int line;     // the loader's end, to look at its mode
	pid_t loader;
	struct termios before;
	char seen[8192];
	size_t length;
} User;

static char **command;

static void start(User *user)
{
	char name[64];
	memset(user, 0, sizeof(*user));
	user->loader = forkpty(&user->terminal, name, NULL, NULL);
	if (user->loader < 0)
		abort();
	if (user->loader == 0) {
		char ready;
		if (read(STDIN_FILENO, &ready, 1) == 1) // until the mode has been looked at
			execv(command[0], command);
		_exit(126);
	}
	user->line = open(name, O_RDWR | O_NOCTTY);
	if (user->line < 0 || tcgetattr(user->line, &user->before) != 0 || write(user->terminal, "\n", 1) != 1)
		abort();
}

static int64_t now_ms(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/** Waits until `text` is seen after all that was waited for before. */
static bool sees(User *user, const char *text)
{
	int64_t end = now_ms() + DEADLINE_MS;
	for (;;) {
		char *found = strstr(user->seen, text);
		if (found != NULL) {
			memmove(user->seen, found + strlen(text), strlen(found + strlen(text)) + 1);
			user->length = strlen(user->seen);
			return true;
		}
		struct pollfd ready = {.fd = user->terminal, .events = POLLIN};
		if (now_ms() >= end || poll(&ready, 1, (int)(end - now_ms())) <= 0)
			return false;
		ssize_t count = read(user->terminal, user->seen + user->length, sizeof(user->seen) - 1 - user->length);
		if (count <= 0)
			return false;
		user->length += (size_t)count;
		user->seen[user->length] = 0;
	}
}

static bool types(User *user, const char *keys)
{
	return write(user->terminal, keys, strlen(keys)) == (ssize_t)strlen(keys);
}

static bool is_raw(const User *user)
{
	struct termios mode;
	tcgetattr(user->line, &mode);
	return !(mode.c_lflag & (ECHO | ICANON)) && (mode.c_lflag & ISIG) && !(mode.c_oflag & OPOST) &&
		!(mode.c_iflag & ICRNL);
}

static bool is_as_before(const User *user)
{
	struct termios mode;
	memset(&mode, 0, sizeof(mode)); // padding is compared too
	tcgetattr(user->line, &mode);
	return memcmp(&mode, &user->before, sizeof(mode)) == 0;
}

static bool waits_for(User *user, int options, int *status)
{
	for (int64_t end = now_ms() + DEADLINE_MS; now_ms() < end; usleep(5000)) {
		if (waitpid(user->loader, status, options | WNOHANG) == user->loader)
			return true;
	}
	return false;
}

static bool ends(User *user, int expected)
{
	int status = 0;
	return waits_for(user, 0, &status) && WIFEXITED(status) && WEXITSTATUS(status) == expected;
}

static int finish(User *user)
{
	kill(user->loader, SIGKILL);
	waitpid(user->loader, NULL, 0);
	close(user->line);
	close(user->terminal);
	return 0;
}

static int raw_while_running(User *user)
{
	CHECK(sees(user, "started: ") && sees(user, "\r\n") && is_raw(user));
	CHECK(types(user, "say hello\r") && sees(user, "hello\r\n"));
	CHECK(strstr(user->seen, "say") == NULL); // no echo by the terminal
	CHECK(types(user, "exit 0\r") && ends(user, 0) && is_as_before(user));
	return 0;
}

static int raw_after_a_reset(User *user)
{
	CHECK(sees(user, "started: ") && types(user, "exit 64\r"));
	CHECK(sees(user, "rst: software\r\n") && sees(user, "started: ") && is_raw(user));
	CHECK(types(user, "exit 0\r") && ends(user, 0) && is_as_before(user));
	return 0;
}

static int interrupt_key(User *user)
{
	CHECK(sees(user, "started: ") && types(user, "\003") && ends(user, 0) && is_as_before(user));
	return 0;
}

static int signals_restore(User *user, int signal)
{
	CHECK(sees(user, "started: ") && is_raw(user) && kill(user->loader, signal) == 0);
	CHECK(ends(user, 0) && is_as_before(user));
	return 0;
}

static int terminate(User *user)
{
	return signals_restore(user, SIGTERM);
}

static int hang_up(User *user)
{
	return signals_restore(user, SIGHUP);
}

static int suspend_key(User *user)
{
	int status;
	CHECK(sees(user, "started: ") && types(user, "\032"));
	CHECK(waits_for(user, WUNTRACED, &status) && WIFSTOPPED(status) && is_as_before(user));
	CHECK(kill(user->loader, SIGCONT) == 0);
	for (int64_t end = now_ms() + DEADLINE_MS; !is_raw(user) && now_ms() < end;)
		usleep(5000);
	CHECK(is_raw(user) && types(user, "say again\r") && sees(user, "again\r\n"));
	CHECK(types(user, "exit 0\r") && ends(user, 0) && is_as_before(user));
	return 0;
}

static int nothing_bootable(User *user)
{
	CHECK(sees(user, "started: ") && types(user, "spoil\r") && sees(user, "spoilt"));
	CHECK(types(user, "exit 64\r") && sees(user, "bootloader: nothing started\r\n")); // OPOST is back
	CHECK(ends(user, 2) && is_as_before(user));
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *title;
		int (*run)(User *);
	} tests[] = {
		{"the terminal is raw, with signal keys, while the board runs, and as before afterwards", raw_while_running},
		{"the terminal stays raw over a reset", raw_after_a_reset},
		{"the interrupt key switches the board off and the terminal is as before", interrupt_key},
		{"SIGTERM restores the terminal", terminate},
		{"SIGHUP restores the terminal", hang_up},
		{"the suspend key stops board and loader, and the shell has its terminal until they go on", suspend_key},
		{"the terminal is as before when nothing is bootable any more", nothing_bootable},
	};
	int failed = 0;
	if (argc < 3)
		return 2;
	command = argv + 2;
	for (unsigned i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		User user;
		start(&user);
		int line = tests[i].run(&user);
		if (line == 0)
			printf("ok %s\n", tests[i].title);
		else
			printf("not ok %s: line %d\n%s\n", tests[i].title, line, user.seen);
		finish(&user);
		failed |= line;
	}
	return failed ? 1 : 0;
}
