// SPDX-License-Identifier: Apache-2.0
//
// What can be told to the NOR flash for tests (flash.ts): its size, where and how the power is cut, which blocks are bad.

/**
 * What a cut leaves of the operation it hits.
 * - before, after: nothing, all
 * - torn-prefix: the first bytes, and some bits of the next one
 * - torn-random-bits: any of the bits that were to change
 * - half-erase: of an erase, part of the block (a program is hit as by torn-random-bits)
 * - unstable-read: all bits that were to change read as old, as new, or as anything, until the next complete operation
 *   on them; in some power cycles always the same, in others differently each time
 */
export type CutMode = "before" | "after" | "torn-prefix" | "torn-random-bits" | "half-erase" | "unstable-read";

export const CUT_MODES: readonly CutMode[] = Object.freeze([
	"before",
	"after",
	"torn-prefix",
	"torn-random-bits",
	"half-erase",
	"unstable-read",
]);

/** How a bad block fails: with an exception, or by doing nothing or not enough without a word. */
export type Fault = "erase-error" | "erase-silent" | "program-error" | "program-silent";

export interface FakeFlashOptions {
	/** Default 96. */
	blocks?: number;
	/** Bytes, default 4096. */
	blockLength?: number;
	/** Bytes that one operation programs at most, default 256; longer writes are several operations. */
	pageLength?: number;
	/**
	 * Bytes; when given, each unit may be programmed once after a complete erase, whether that program was completed or
	 * not: the rule of parts with error correction, and of everybody who survives torn operations.
	 */
	unitLength?: number;
	/** Default 1. */
	seed?: number;
}

export interface FlashSnapshot {
	data: Uint8Array;
	shaky: Uint8Array;
	used: Uint8Array;
	wear: Uint32Array;
}
