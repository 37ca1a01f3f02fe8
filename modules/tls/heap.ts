// SPDX-License-Identifier: Apache-2.0
//
// What Mbed TLS has of the heap, to show that connections give back what they took. Counted where the library is built with
// mbedtls-config.h; elsewhere 0.

function now(this: unknown): number {
	return native("xs_tls_heap_now").call(this);
}

function takePeak(this: unknown): number {
	return native("xs_tls_heap_takePeak").call(this);
}

/** @returns bytes in use now, and the most that were since the last call; all connections of the program together */
export function tlsHeap(): { now: number; peak: number } {
	return { now: now(), peak: takePeak() };
}
