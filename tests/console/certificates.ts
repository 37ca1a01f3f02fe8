// SPDX-License-Identifier: Apache-2.0
//
// A certificate store for the console's tests that takes texts as they are: the real one needs Mbed TLS (tests/certificates).

import { decodeUTF8 } from "../../modules/bytes/text.js";
import { CertificatesError } from "../../modules/certificates/error.js";
import type { CertificateRequest, Entry, ImportResult, Role } from "../../modules/certificates/types.js";

export class FakeCertificates {
	/** What was imported: role and text. */
	readonly imports: [Role, string][] = [];
	/** What was asked to be removed or requested. */
	readonly asked: string[] = [];
	entries: Entry[] = [];
	readonly maxImportBytes = 8192;

	import(role: Role, bytes: Uint8Array): ImportResult {
		const text = decodeUTF8(bytes);
		if (!text.includes("-----BEGIN ")) throw new CertificatesError("CERTIFICATES_FORMAT", "neither PEM nor DER");
		this.imports.push([role, text]);
		return { changed: true, description: `${role} taken` };
	}
	list(): Iterable<Entry> {
		return this.entries;
	}
	remove(handle: string, force: boolean): Entry {
		const entry = this.entries.find(({ fingerprint }) => fingerprint.startsWith(handle));
		if (entry === undefined) throw new CertificatesError("CERTIFICATES_UNKNOWN", "no fingerprint begins so");
		this.asked.push(`remove ${handle} ${force}`);
		return entry;
	}
	revoke(handle: string, force: boolean): Entry {
		const entry = this.remove(handle, force);
		this.asked[this.asked.length - 1] = `revoke ${handle} ${force}`;
		return entry;
	}
	request(subject: string): CertificateRequest {
		this.asked.push(`request ${subject}`);
		return { text: "-----BEGIN X-----\nMAA=\n-----END X-----\n", isNewKey: this.asked.length === 1 };
	}
}
