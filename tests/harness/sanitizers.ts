// SPDX-License-Identifier: Apache-2.0
//
// What AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer write to the error stream of a program built with them. The
// program ends with it, but a test may have got all it waits for by then.

/** @throws Error with the report, when there is one in what a program wrote */
export function assertNoReport(errors: string): void {
	const at = errors.search(/==\d+==ERROR: \w+Sanitizer|: runtime error: |\w+Sanitizer:DEADLYSIGNAL/);
	if (at >= 0) throw new Error(`a sanitizer complained:\n${errors.slice(at, at + 4000)}`);
}
