// SPDX-License-Identifier: Apache-2.0
//
// What the store tells and is told, apart from the code so that a console or an update needs no natives to name it.

/** `next-...`: waits for its other half; `request-key`: for the certificate that was requested; `revoked`: signed firmware once. */
export type EntryKind =
	| "root"
	| "device"
	| "chain"
	| "key"
	| "next-device"
	| "next-chain"
	| "next-key"
	| "request-key"
	| "signing"
	| "revoked";

export interface Entry {
	kind: EntryKind;
	/** SHA-256 in hexadecimal: of a certificate, or of the public key that belongs to a key. */
	fingerprint: string;
	/** "P-256", "RSA 2048"; empty when it cannot be read. */
	keyKind: string;
	/** Names and times are those of certificates only. */
	subject?: string;
	issuer?: string;
	/** Milliseconds since 1970. */
	notBefore?: number;
	notAfter?: number;
	/** Why it cannot be read. */
	problem?: string;
	/** The whole record cannot be read, and `fingerprint` stands for it. */
	damaged?: boolean;
}

/** `device`: certificate and chain, with or without the key; `key`: the private key alone. */
export type Role = "root" | "device" | "key" | "signing";

/** What an import did. */
export interface ImportResult {
	changed: boolean;
	/** One line without secrets. */
	description: string;
}

export interface CertificateRequest {
	/** PKCS#10 in PEM. */
	text: string;
	/** False when the key is that of a request before, whose certificate has not come. */
	isNewKey: boolean;
}
