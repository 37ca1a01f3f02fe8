// SPDX-License-Identifier: Apache-2.0
//
// The native binding to Mbed TLS, as thin as it goes: context.ts and socket.ts are what others use. A status is 0, or a number of
// Mbed TLS that failure.ts puts into words. Source: Mbed TLS 3.6, ssl.h and x509_crt.h.

import type { Findings, Information } from "./findings.js";

/** Configuration of one side: roots, own certificate, limits. Engines made from it keep it alive after `close`. */
export class NativeContext extends Native("xs_tls_context_destructor") {
	/** @throws RangeError without memory */
	constructor(server: boolean) {
		super();
		native("xs_tls_context_constructor").call(this, server);
	}
	/** @param minimum and `maximum`: 2 or 3, of TLS 1.x @param verify 0 no, 1 if there is a certificate, 2 yes @param fragment RFC 6066 code, 0 none @param small buffers @returns status, 1: none here */
	configure(minimum: number, maximum: number, verify: number, fragment: number, small: boolean): number {
		return native("xs_tls_context_configure").call(this, minimum, maximum, verify, fragment, small);
	}
	/** @param names ALPN names with commas between */
	setProtocols(names: string): number {
		return native("xs_tls_context_setProtocols").call(this, names);
	}
	/** @returns status, or above 0 how many certificates of the PEM text could not be read */
	addRoots(bytes: Uint8Array): number {
		return native("xs_tls_context_addRoots").call(this, bytes);
	}
	/** @returns as addRoots */
	setCertificate(bytes: Uint8Array): number {
		return native("xs_tls_context_setCertificate").call(this, bytes);
	}
	/** @returns status, or 1 when the key is not that of the certificate */
	setKey(bytes: Uint8Array): number {
		return native("xs_tls_context_setKey").call(this, bytes);
	}
	close(): void {
		return native("xs_tls_context_close").call(this);
	}
}

/** One connection: bytes in, bytes out. */
export class NativeEngine extends Native("xs_tls_engine_destructor") {
	/**
	 * @param name to send and to find in the certificate @param address to find instead, 4 or 16 bytes
	 * @param now seconds since 1970, 0 unknown @param judgeStart whether a certificate may not be valid yet
	 * @throws RangeError without memory
	 */
	constructor(
		context: NativeContext,
		name: string | undefined,
		address: Uint8Array | undefined,
		now: number,
		judgeStart: boolean,
	) {
		super();
		native("xs_tls_engine_constructor").call(this, context, name, address, now, judgeStart);
	}
	/** One step, with bytes `start` to `end` as input. @returns status, 1 when the handshake is over */
	handshake(input: Uint8Array, start: number, end: number): number {
		return native("xs_tls_engine_handshake").call(this, input, start, end);
	}
	/** Opens the next record. @returns status */
	advance(input: Uint8Array, start: number, end: number): number {
		return native("xs_tls_engine_advance").call(this, input, start, end);
	}
	/** Bytes of the input that the last call took. */
	used(): number {
		return native("xs_tls_engine_used").call(this);
	}
	/** Bytes that `read` gives. */
	available(): number {
		return native("xs_tls_engine_available").call(this);
	}
	/** @returns count, or a status below 0 */
	read(buffer: Uint8Array | ArrayBuffer): number {
		return native("xs_tls_engine_read").call(this, buffer);
	}
	/** Encrypts into the queue. @returns status */
	write(value: Uint8Array | ArrayBuffer): number {
		return native("xs_tls_engine_write").call(this, value);
	}
	closeNotify(): number {
		return native("xs_tls_engine_closeNotify").call(this);
	}
	/** Bytes in the queue. */
	pending(): number {
		return native("xs_tls_engine_pending").call(this);
	}
	/** Takes up to `limit` bytes from the queue. */
	take(limit: number): ArrayBuffer | undefined {
		return native("xs_tls_engine_take").call(this, limit);
	}
	/** The session to keep, once for each that came. */
	session(): ArrayBuffer | undefined {
		return native("xs_tls_engine_session").call(this);
	}
	/** Before the handshake. @returns status; not 0 means that a full handshake follows */
	resume(session: ArrayBuffer): number {
		return native("xs_tls_engine_resume").call(this, session);
	}
	information(): Information {
		return native("xs_tls_engine_information").call(this);
	}
	findings(): Findings {
		return native("xs_tls_engine_findings").call(this);
	}
	close(): void {
		return native("xs_tls_engine_close").call(this);
	}
}
