// SPDX-License-Identifier: Apache-2.0
//
// Where a module tells what it sees on the wire. Who looks, and where the lines go, is not its business.

export interface DebugPort {
	/**
	 * Takes one line of text for people, without secrets. Absent while nobody looks, or while there was too much: with
	 * `debug?.line?.(...)` no text is made then.
	 */
	readonly line: ((text: string) => void) | undefined;
}
