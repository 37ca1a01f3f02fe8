// SPDX-License-Identifier: Apache-2.0
//
// Runs inputs without libFuzzer. They come on standard input, each with its length before it (32 bits, little-endian); the number
// of the last one that was begun stands in the file named by argv[1], so that a crash tells which it was.
// Prints what fuzz_taken was after each, a line an input.

#include "fuzz.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MAX_INPUT = 1 << 20 };

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	int file = open(argv[1], O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (file < 0 || ftruncate(file, sizeof(uint32_t)) != 0)
		return 2;
	volatile uint32_t *number = mmap(NULL, sizeof(*number), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (number == MAP_FAILED)
		return 2;
	uint32_t length;
	for (*number = 0; fread(&length, sizeof(length), 1, stdin) == 1; ++*number) {
		if (length > MAX_INPUT)
			return 2;
		uint8_t *bytes = malloc(length > 0 ? length : 1); // its own, so that a read beyond it is seen
		if (bytes == NULL || fread(bytes, 1, length, stdin) != length)
			return 2;
		fuzz_taken = 0;
		LLVMFuzzerTestOneInput(bytes, length);
		printf("%d\n", fuzz_taken);
		free(bytes);
	}
	return 0;
}
