// SPDX-License-Identifier: Apache-2.0
//
// What the file store needs of the records below it.

/** Named records that survive a power cut; those of an update on trial lie in a layer above the others. */
export interface FileRecords {
	get(name: string): Uint8Array | undefined;
	/** Takes all changes or none. */
	commit(changes: { name: string; value?: Uint8Array }[]): void;
	names(prefix?: string): Iterable<string>;
	/**
	 * The values of all records whose names begin so, in every layer: also of those that count only if an update fails;
	 * `undefined` for one that cannot be read.
	 */
	versions(prefix: string): Iterable<Uint8Array | undefined>;
}
