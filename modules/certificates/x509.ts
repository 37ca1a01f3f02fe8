// SPDX-License-Identifier: Apache-2.0
//
// The native functions over Mbed TLS, as thin as it goes; store.ts is what others use. DER in; a number of Mbed TLS comes instead
// of a result when it fails.

export interface KeyFacts {
	/** "P-256", "RSA 2048", "EC 256" (other curves), "unknown". */
	keyKind: string;
	/** SubjectPublicKeyInfo in DER (RFC 5280 section 4.1.2.7). */
	publicKey: ArrayBuffer;
}

export interface CertificateFacts extends KeyFacts {
	/** "O=upgate, CN=gateway", ASCII, cut at 255 characters. */
	subject: string;
	issuer: string;
	/** ISO 8601. */
	from: string;
	to: string;
	/** It may sign certificates: CA flag, and key usage where that is given. */
	isCA: boolean;
}

export function readCertificate(this: unknown, der: Uint8Array): CertificateFacts | number {
	return native("xs_certificates_readCertificate").call(this, der);
}

export function readKey(this: unknown, der: Uint8Array, isPrivate: boolean): KeyFacts | number {
	return native("xs_certificates_readKey").call(this, der, isPrivate);
}

/** @returns whether certificate and private key belong together */
export function fits(this: unknown, certificate: Uint8Array, key: Uint8Array): boolean {
	return native("xs_certificates_fits").call(this, certificate, key);
}

/** @returns whether `issuer` may sign certificates and signed this one */
export function isSignedBy(this: unknown, certificate: Uint8Array, issuer: Uint8Array): boolean {
	return native("xs_certificates_isSignedBy").call(this, certificate, issuer);
}

/** @returns a new P-256 key (RFC 5915) */
export function generateKey(this: unknown): ArrayBuffer | number {
	return native("xs_certificates_generateKey").call(this);
}

/** @param subject up to 255 bytes @returns PKCS#10 (RFC 2986) */
export function writeRequest(this: unknown, key: Uint8Array, subject: string): ArrayBuffer | number {
	return native("xs_certificates_writeRequest").call(this, key, subject);
}
