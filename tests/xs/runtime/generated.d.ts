// SPDX-License-Identifier: Apache-2.0
//
// Types of the modules that tests/xs/bundle.ts writes for each build.

declare module "xs-tests/files" {
	/** Specifiers of the test modules. */
	export const testFiles: readonly string[];
	/** Names of the bundled vector files, relative to tests/, sorted. */
	export const vectorFiles: readonly string[];
}
