// SPDX-License-Identifier: Apache-2.0
//
// Certificates and keys that the factory has put into the store: imported at the first start, by the same checks as any other, and then
// gone from there, so that a key that is removed later is removed.

import { CertificatesError } from "./error.js";
import type { Records } from "./records.js";
import type { ImportResult, Role } from "./types.js";

/** Records and their roles, in the order of import. */
export const factoryRecords: readonly (readonly [string, Role])[] = Object.freeze([
	Object.freeze(["factory.roots", "root"] as const),
	Object.freeze(["factory.crt", "device"] as const),
	Object.freeze(["factory.key", "key"] as const),
	Object.freeze(["factory.signing", "signing"] as const),
]);

export interface Importer {
	import(role: Role, bytes: Uint8Array): ImportResult;
}

/** What is refused stays, and is told at each start. @returns what went wrong, a sentence each */
export function importFactory(certificates: Importer, records: Records): string[] {
	const problems: string[] = [];
	for (const [name, role] of factoryRecords) {
		try {
			const bytes = records.get(name);
			if (bytes === undefined) continue;
			certificates.import(role, bytes);
			records.commit([{ name }]);
		} catch (error) {
			const code = error instanceof CertificatesError ? ` (${error.code})` : "";
			problems.push(`${name}: ${error instanceof Error ? error.message : String(error)}${code}`);
		}
	}
	return problems;
}
