// SPDX-License-Identifier: Apache-2.0
//
// Frame of C tests, for c-tests.ts: prints "ok TITLE" or "not ok TITLE: LINE" per test.
#ifndef C_TESTS_H
#define C_TESTS_H

#include <stdio.h>

/** Ends the test as failed, here. */
#define CHECK(condition) \
	do { \
		if (!(condition)) \
			return __LINE__; \
	} while (0)

typedef struct {
	const char *title;
	int (*run)(void); // 0, or the line that failed
} CTest;

/** Runs them all. @returns exit status */
static inline int run_tests(const CTest *tests, unsigned count)
{
	int failed = 0;
	for (unsigned i = 0; i < count; i++) {
		int line = tests[i].run();
		if (line == 0)
			printf("ok %s\n", tests[i].title);
		else
			printf("not ok %s: line %d\n", tests[i].title, line);
		failed |= line;
		fflush(stdout);
	}
	return failed ? 1 : 0;
}

#endif
