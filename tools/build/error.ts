// SPDX-License-Identifier: Apache-2.0
//
// The one error class of the builder. Its message starts with the place to look at, as compilers write it:
// `path:line:column: text` or `path: key: text`.

export type BuildErrorCode =
	| "MANIFEST_SYNTAX"
	| "MANIFEST_KEY"
	| "MANIFEST_VALUE"
	| "MANIFEST_INCLUDE"
	| "MANIFEST_NO_MATCH"
	| "MANIFEST_CONFLICT"
	| "MANIFEST_PLATFORM"
	| "SOURCE_SYNTAX"
	| "NATIVE_FORM"
	| "LINKER_FAILED"
	| "COMPILER_FAILED"
	| "FLAGS_FILE"
	| "BUILD_LOCKED";

export class BuildError extends Error {
	readonly code: BuildErrorCode;

	constructor(code: BuildErrorCode, message: string) {
		super(message);
		this.name = "BuildError";
		this.code = code;
	}
}
