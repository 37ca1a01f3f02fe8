// SPDX-License-Identifier: Apache-2.0
//
// What the test program needs of the outside: lines out, an end, and the bundled vector files (native.c).

/** Writes one line to standard output at once. */
export function print(line: string): void {
	native("xs_tests_print").call(this, line);
}

/** Ends the process. */
export function exit(status: number): void {
	native("xs_tests_exit").call(this, status);
}

/** The bytes of a bundled file, or undefined when there is none of that name. */
export function resource(name: string): ArrayBuffer | undefined {
	return native("xs_tests_resource").call(this, name);
}
