// SPDX-License-Identifier: Apache-2.0
//
// Tests of the flash model (hosts/linux/flash/nor.h), one function each; nor.test.ts compiles and runs this with
// sanitizers. argv[1] is an empty folder.

#include "../../bootloader/harness/c-tests.h"
#include "nor-test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int new_is_erased(void)
{
	NOR *nor = fresh();
	CHECK(nor_size(nor) == SIZE && all(nor, 0, SIZE, 0xFF));
	CHECK(nor_lifetime(nor).programs == 0 && nor_lifetime(nor).busyMicroseconds == 0 && nor_wear(nor, 0) == 0);
	CHECK(nor_create(path, SIZE) == NOR_ERROR_FILE && errno == EEXIST);
	nor_close(nor);
	return 0;
}

static int sizes(void)
{
	static const uint32_t bad[] = {0, 4096, 65535, 65536 + 4096, 64 * 1024 * 1024 + 65536, UINT32_MAX};
	unlink(path);
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(nor_create(path, bad[i]) == NOR_ERROR_SIZE && access(path, F_OK) != 0);
	return 0;
}

static int bits_only_fall(void)
{
	NOR *nor = fresh();
	const uint8_t high[4] = {0xF0, 0xF0, 0xF0, 0xF0}, low[4] = {0x80, 0x10, 0x00, 0xF0},
				  rise[4] = {0x80, 0x10, 0x01, 0};
	CHECK(nor_program(nor, 100, high, 4) == NOR_OK && nor_program(nor, 100, low, 4) == NOR_OK);
	CHECK(
		byte_at(nor, 100) == 0x80 && byte_at(nor, 101) == 0x10 && byte_at(nor, 102) == 0 && byte_at(nor, 103) == 0xF0);
	NORStatistics before = nor_session(nor);
	CHECK(nor_program(nor, 100, rise, 4) == NOR_ERROR_BITS);
	CHECK(byte_at(nor, 103) == 0xF0 && nor_session(nor).programs == before.programs);
	nor_close(nor);
	return 0;
}

static int ranges(void)
{
	NOR *nor = fresh();
	uint8_t bytes[16] = {0};
	CHECK(nor_read(nor, SIZE - 8, bytes, 8) == NOR_OK && nor_read(nor, SIZE, bytes, 0) == NOR_OK);
	CHECK(nor_read(nor, SIZE - 8, bytes, 9) == NOR_ERROR_RANGE && nor_read(nor, SIZE + 1, bytes, 0) == NOR_ERROR_RANGE);
	CHECK(nor_read(nor, UINT32_MAX, bytes, 16) == NOR_ERROR_RANGE &&
		nor_read(nor, 8, bytes, UINT32_MAX) == NOR_ERROR_RANGE);
	CHECK(nor_program(nor, SIZE - 8, bytes, 9) == NOR_ERROR_RANGE && nor_program(nor, SIZE - 8, bytes, 8) == NOR_OK);
	CHECK(nor_erase(nor, SIZE - 4096, 8192) == NOR_ERROR_RANGE && nor_erase(nor, 0, SIZE + 4096) == NOR_ERROR_RANGE);
	CHECK(nor_erase(nor, 4096, UINT32_MAX - 4095) == NOR_ERROR_RANGE);
	CHECK(nor_erase(nor, 100, 4096) == NOR_ERROR_ALIGNMENT && nor_erase(nor, 0, 100) == NOR_ERROR_ALIGNMENT);
	CHECK(nor_erase(nor, 0, 0) == NOR_OK && nor_session(nor).sectorErases == 0);
	nor_close(nor);
	return 0;
}

static int pages_and_time(void)
{
	NOR *nor = fresh();
	uint8_t bytes[600] = {0};
	CHECK(nor_program(nor, 200, bytes, 600) == NOR_OK); // 56 + 256 + 256 + 32
	NORStatistics done = nor_session(nor);
	CHECK(done.programs == 4 && done.bytesProgrammed == 600);
	CHECK(done.busyMicroseconds == (30 + 137) + 700 + 700 + (30 + 77));
	CHECK(nor_erase(nor, 0, 4096) == NOR_OK && nor_session(nor).busyMicroseconds - done.busyMicroseconds == 45000);
	CHECK(nor_lifetime(nor).programs == 4 && nor_lifetime(nor).busyMicroseconds == nor_session(nor).busyMicroseconds);
	nor_close(nor);
	return 0;
}

static int erase_units(void)
{
	NOR *nor = fresh();
	// One sector before a block, two blocks, one sector after.
	CHECK(nor_erase(nor, 65536 - 4096, 4096 + 131072 + 4096) == NOR_OK);
	CHECK(nor_session(nor).sectorErases == 2 && nor_session(nor).blockErases == 2);
	CHECK(nor_session(nor).busyMicroseconds == 2 * 45000 + 2 * 150000);
	CHECK(nor_wear(nor, 65536 - 4096) == 1 && nor_wear(nor, 65536) == 1 && nor_wear(nor, 65536 * 3) == 1);
	CHECK(nor_wear(nor, 0) == 0 && nor_wear(nor, 65536 * 3 + 4096) == 0 && nor_wear(nor, SIZE) == 0);
	CHECK(nor_erase(nor, 4096, 65536) == NOR_OK && nor_session(nor).sectorErases == 2 + 16);
	nor_close(nor);
	return 0;
}

static int agrees_with_a_model(void)
{
	static uint8_t model[SIZE], bytes[3000];
	NOR *nor = fresh();
	memset(model, 0xFF, sizeof(model));
	srand(1);
	for (unsigned i = 0; i < 4000; i++) {
		uint32_t offset = (uint32_t)rand() % SIZE, length = (uint32_t)rand() % sizeof(bytes);
		if (i % 8 == 0) {
			offset -= offset % 4096;
			length = (uint32_t)(rand() % 20) * 4096;
			if (nor_erase(nor, offset, length) == NOR_OK)
				memset(model + offset, 0xFF, length);
			continue;
		}
		bool fits = offset + length <= SIZE, rises = false;
		for (uint32_t j = 0; j < length; j++) {
			bytes[j] = (uint8_t)(i % 3 == 0 ? rand() : fits ? model[offset + j] & rand() : 0);
			rises |= fits && (bytes[j] & ~model[offset + j]) != 0;
		}
		NORResult expected = !fits ? NOR_ERROR_RANGE : rises ? NOR_ERROR_BITS : NOR_OK;
		CHECK(nor_program(nor, offset, bytes, length) == expected);
		if (expected == NOR_OK && length > 0)
			memcpy(model + offset, bytes, length);
	}
	for (uint32_t i = 0; i < SIZE; i += 1024) {
		CHECK(nor_read(nor, i, bytes, 1024) == NOR_OK && memcmp(bytes, model + i, 1024) == 0);
	}
	nor_close(nor);
	return 0;
}

static int waits(void)
{
	NOR *nor = fresh();
	struct timespec start, end;
	nor_set_wait(nor, 10);
	clock_gettime(CLOCK_MONOTONIC, &start);
	CHECK(nor_erase(nor, 0, 65536) == NOR_OK);
	clock_gettime(CLOCK_MONOTONIC, &end);
	CHECK((end.tv_sec - start.tv_sec) * 1000000 + (end.tv_nsec - start.tv_nsec) / 1000 >= 15000);
	nor_close(nor);
	return 0;
}

static int longest_turn(void)
{
	NOR *nor = fresh();
	uint8_t bytes[256] = {0};
	CHECK(
		nor_erase(nor, 0, 65536) == NOR_OK && nor_session(nor).longestMicroseconds == 0); // no turns, nothing to block
	nor_new_turn(nor);
	CHECK(nor_erase(nor, 4096, 4096) == NOR_OK && nor_program(nor, 4096, bytes, 256) == NOR_OK);
	CHECK(nor_session(nor).longestMicroseconds == 45700);
	nor_new_turn(nor);
	CHECK(nor_program(nor, 8192, bytes, 256) == NOR_OK && nor_session(nor).longestMicroseconds == 45700);
	nor_close(nor);
	CHECK(nor_open(&nor, path, true) == NOR_OK);
	nor_new_turn(nor);
	CHECK(nor_erase(nor, 4096, 4096) == NOR_OK);
	CHECK(nor_lifetime(nor).longestMicroseconds == 45700 && nor_session(nor).longestMicroseconds == 45000);
	nor_close(nor);
	return 0;
}

static int messages(void)
{
	for (int i = NOR_OK; i <= NOR_ERROR_MEMORY + 1; i++)
		CHECK(nor_message((NORResult)i)[0] != 0);
	return 0;
}

int main(int argc, char **argv)
{
	static const CTest tests[] = {
		{"a new chip is erased and unworn", new_is_erased},
		{"nor_create() refuses sizes no chip has", sizes},
		{"nor_program() refuses to raise a bit and then changes nothing", bits_only_fall},
		{"ranges and alignment are checked", ranges},
		{"pages are counted and timed", pages_and_time},
		{"nor_erase() takes 64 KB blocks where they fit", erase_units},
		{"4,000 random operations agree with a model", agrees_with_a_model},
		{"nor_set_wait() really waits", waits},
		{"the longest turn is kept, over restarts too", longest_turn},
		{"each result has a text", messages},
	};
	if (argc < 2)
		return 2;
	snprintf(path, sizeof(path), "%s/flash", argv[1]);
	return run_tests(tests, sizeof(tests) / sizeof(tests[0]));
}
