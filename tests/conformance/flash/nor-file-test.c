// SPDX-License-Identifier: Apache-2.0
//
// Tests of the file of the flash model: what is kept, who may open it, what a killed process leaves. nor.test.ts compiles
// and runs this with sanitizers. argv[1] is an empty folder.

#include "../../bootloader/harness/c-tests.h"
#include "nor-test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

static int survives_reopening(void)
{
	NOR *nor = fresh();
	CHECK(nor_program(nor, 5000, "abc", 3) == NOR_OK && nor_erase(nor, 0, 4096) == NOR_OK);
	nor_close(nor);
	CHECK(nor_open(&nor, path, true) == NOR_OK);
	CHECK(byte_at(nor, 5001) == 'b' && nor_wear(nor, 0) == 1 && nor_lifetime(nor).bytesProgrammed == 3);
	CHECK(nor_session(nor).programs == 0 && nor_session(nor).reads == 1);
	nor_close(nor);
	return 0;
}

static int locks(void)
{
	NOR *nor = fresh(), *other, *third;
	CHECK(nor_open(&other, path, true) == NOR_ERROR_LOCKED && other == NULL);
	CHECK(nor_open(&other, path, false) == NOR_ERROR_LOCKED);
	nor_close(nor);
	CHECK(nor_open(&other, path, false) == NOR_OK && nor_open(&third, path, false) == NOR_OK);
	CHECK(nor_open(&nor, path, true) == NOR_ERROR_LOCKED);
	CHECK(nor_program(other, 0, "a", 1) == NOR_ERROR_READ_ONLY && nor_erase(other, 0, 4096) == NOR_ERROR_READ_ONLY);
	nor_close(other);
	nor_close(third);
	nor_close(NULL);
	return 0;
}

static int damage(int (*harm)(int file))
{
	nor_close(fresh());
	int file = open(path, O_RDWR);
	bool harmed = harm(file) == 0;
	close(file);
	NOR *nor;
	CHECK(harmed && nor_open(&nor, path, true) == NOR_ERROR_FORMAT && nor == NULL);
	return 0;
}

static int shorten(int file)
{
	return ftruncate(file, SIZE + 100);
}

static int lengthen(int file)
{
	return ftruncate(file, SIZE + 128 + 4 * SIZE / 4096 + 1);
}

static int empty(int file)
{
	return ftruncate(file, 0);
}

static int wrong_magic(int file)
{
	return pwrite(file, "X", 1, SIZE) == 1 ? 0 : -1;
}

static int wrong_size(int file)
{
	return pwrite(file, "X", 1, SIZE + 12) == 1 ? 0 : -1;
}

static int refuses_other_files(void)
{
	NOR *nor;
	int (*const harms[])(int) = {shorten, lengthen, empty, wrong_magic, wrong_size};
	for (unsigned i = 0; i < sizeof(harms) / sizeof(harms[0]); i++) {
		int line = damage(harms[i]);
		if (line != 0)
			return line;
	}
	CHECK(nor_open(&nor, "/dev/null", true) == NOR_ERROR_FORMAT);
	CHECK(nor_open(&nor, "/nowhere/flash", true) == NOR_ERROR_FILE && errno == ENOENT);
	return 0;
}

static void write_for_ever(void)
{
	NOR *nor;
	uint8_t bytes[8192];
	memset(bytes, 0x5A, sizeof(bytes));
	if (nor_open(&nor, path, true) != NOR_OK)
		_exit(1);
	for (;;) {
		nor_program(nor, 4096 + 10, bytes, sizeof(bytes));
		nor_erase(nor, 4096, 3 * 4096);
	}
}

static int killed_at_any_moment(void)
{
	uint64_t programs = 0;
	for (unsigned i = 0; i < 40; i++) {
		nor_close(fresh());
		pid_t child = fork();
		CHECK(child >= 0);
		if (child == 0)
			write_for_ever();
		nanosleep(&(struct timespec){.tv_nsec = 3000000 + i * 37000}, NULL);
		kill(child, SIGKILL);
		int status;
		CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
		NOR *nor; // the lock has gone with the process
		CHECK(nor_open(&nor, path, true) == NOR_OK);
		programs += nor_lifetime(nor).programs;
		CHECK(all(nor, 0, 4096 + 10, 0xFF) && all(nor, 4 * 4096, SIZE - 4 * 4096, 0xFF));
		for (uint32_t offset = 4096; offset < 4 * 4096; offset++)
			CHECK(byte_at(nor, offset) == 0x5A || byte_at(nor, offset) == 0xFF);
		CHECK(nor_erase(nor, 0, SIZE) == NOR_OK && nor_program(nor, 4096, "x", 1) == NOR_OK);
		nor_close(nor);
	}
	CHECK(programs > 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const CTest tests[] = {
		{"contents, wear and lifetime counters survive reopening", survives_reopening},
		{"one writer or several readers", locks},
		{"nor_open() refuses other and damaged files", refuses_other_files},
		{"a process killed at any moment leaves a usable chip", killed_at_any_moment},
	};
	if (argc < 2)
		return 2;
	snprintf(path, sizeof(path), "%s/flash", argv[1]);
	return run_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
