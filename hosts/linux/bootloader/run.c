// SPDX-License-Identifier: Apache-2.0
//
// Child process and main loop. The child dies with us, however we end (PR_SET_PDEATHSIG), as a processor does without power.

#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const int caught[] = {SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT};

bool runner_open(Runner *runner, UART *uart)
{
	sigset_t set;
	*runner = (Runner){.uart = uart};
	sigemptyset(&set);
	for (unsigned i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
		sigaddset(&set, caught[i]);
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, &runner->previous) != 0)
		return false;
	runner->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return runner->signals >= 0;
}

__attribute__((noreturn)) static void become_firmware(Runner *runner, pid_t parent, int program, char **argv)
{
	extern char **environ;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127); // the loader ended before the line above
	setpgid(0, 0);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &runner->previous, NULL);
	int null = open("/dev/null", O_RDONLY);
	if (null > 0)
		dup2(null, STDIN_FILENO), close(null);
	if (runner->uart->board >= 0)
		fcntl(runner->uart->board, F_SETFD, 0);
	fexecve(program, argv, environ);
	fprintf(stderr, "bootloader: the program cannot be started: %s\n", strerror(errno));
	_exit(127);
}

static void reap(Runner *runner)
{
	if (runner->child > 0 && waitpid(runner->child, &runner->status, WNOHANG) == runner->child)
		runner->child = 0;
}

static void switch_off(Runner *runner)
{
	runner->off = true;
	if (runner->child <= 0)
		return;
	kill(runner->child, SIGKILL);
	while (waitpid(runner->child, &runner->status, 0) < 0 && errno == EINTR) {
	}
	runner->child = 0;
}

static void suspend(Runner *runner)
{
	uart_suspend(runner->uart);
	if (runner->child > 0)
		kill(runner->child, SIGSTOP);
	raise(SIGSTOP);
	// Here we have been continued.
	uart_resume(runner->uart);
	if (runner->child > 0)
		kill(runner->child, SIGCONT);
}

static void serve_signals(Runner *runner)
{
	struct signalfd_siginfo signal;
	while (read(runner->signals, &signal, sizeof(signal)) == (ssize_t)sizeof(signal)) {
		switch (signal.ssi_signo) {
		case SIGCHLD:
			reap(runner);
			break;
		case SIGTSTP:
			suspend(runner);
			break;
		case SIGCONT:
			uart_resume(runner->uart);
			break;
		default:
			switch_off(runner);
			break;
		}
	}
}

static void step(Runner *runner, int timeoutMs)
{
	struct pollfd polls[UART_POLLS + 1];
	uart_prepare(runner->uart, polls);
	polls[UART_POLLS] = (struct pollfd){.fd = runner->signals, .events = POLLIN};
	if (poll(polls, UART_POLLS + 1, timeoutMs) <= 0)
		return;
	uart_relay(runner->uart, polls);
	if (polls[UART_POLLS].revents)
		serve_signals(runner);
}

bool runner_run(Runner *runner, int program, char **argv)
{
	pid_t self = getpid();
	pid_t child = fork();
	if (child < 0)
		return false;
	if (child == 0)
		become_firmware(runner, self, program, argv);
	runner->child = child;
	while (runner->child > 0)
		step(runner, -1);
	uart_drain(runner->uart);
	return true;
}

static int64_t now_ms(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

void runner_pause(Runner *runner, unsigned ms)
{
	int64_t end = now_ms() + ms;
	for (int64_t left = ms; left > 0 && !runner->off; left = end - now_ms())
		step(runner, (int)left);
}
