// SPDX-License-Identifier: Apache-2.0
//
// The error of the file store; codes are listed in README.md.

export class FilesError extends Error {
	override readonly name = "FilesError";
	/** Stable. */
	readonly code: string;

	constructor(code: string, message: string) {
		super(message);
		this.code = code;
	}
}
