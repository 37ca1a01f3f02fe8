// SPDX-License-Identifier: Apache-2.0
//
// The error of the SDK test runner.

export type SdkTestsCode = "SDK_TESTS_FOLDER" | "SDK_TESTS_USAGE" | "SDK_TESTS_FRONTMATTER";

export class SdkTestsError extends Error {
	override readonly name = "SdkTestsError";
	readonly code: SdkTestsCode;

	constructor(code: SdkTestsCode, message: string) {
		super(message);
		this.code = code;
	}
}
