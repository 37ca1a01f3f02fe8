// SPDX-License-Identifier: Apache-2.0
//
// What the soak program needs of the outside: lines out, an end, a collection now, what the process holds, and a key that signs
// firmware (native.c, names.c).

/** Writes one line to standard output at once. */
export function print(this: unknown, line: string): void {
	native("xs_soak_print").call(this, line);
}

/** Ends the process. */
export function exit(this: unknown, status: number): void {
	native("xs_soak_exit").call(this, status);
}

/** Collects garbage now. */
export function collect(this: unknown): void {
	native("xs_soak_collect").call(this);
}

/** Descriptors of the process. */
export function descriptors(this: unknown): number {
	return native("xs_soak_descriptors").call(this) as number;
}

/** Bytes of all C heap in use, whoever has taken them. */
export function heap(this: unknown): number {
	return native("xs_soak_heap").call(this) as number;
}

/** Bytes of resident memory. */
export function resident(this: unknown): number {
	return native("xs_soak_resident").call(this) as number;
}

/** Names of properties that the engine has had to make: it keeps each for ever. */
export function names(this: unknown): number {
	return native("xs_soak_names").call(this) as number;
}

/** @param scalar private key of P-256, 32 bytes @returns uncompressed point, 65 bytes */
export function publicKey(this: unknown, scalar: Uint8Array): ArrayBuffer {
	return native("xs_soak_publicKey").call(this, scalar) as ArrayBuffer;
}

/** @returns ECDSA signature of a SHA-256 digest, both halves big-endian */
export function sign(this: unknown, scalar: Uint8Array, digest: Uint8Array): ArrayBuffer {
	return native("xs_soak_sign").call(this, scalar, digest) as ArrayBuffer;
}
