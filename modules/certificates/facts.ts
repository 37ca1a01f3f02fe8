// SPDX-License-Identifier: Apache-2.0
//
// Reads certificates and keys for the store, and refuses what it cannot use: an unreadable one, the wrong kind, a weak key.

import { sha256 } from "../bytes/sha256.js";
import { toHex } from "../bytes/hex.js";
import { CertificatesError } from "./error.js";
import type { Block } from "./pem.js";
import { type CertificateFacts, type KeyFacts, readCertificate, readKey } from "./x509.js";

/** Curves of TLS, RFC 8446 section 4.2.3. */
const curves: readonly string[] = Object.freeze(["P-256", "P-384", "P-521"]);
const leastRSABits = 2048;
/** What the boot loader of the chips takes (ESP-IDF, "Secure Boot v2"). */
const signingKinds: readonly string[] = Object.freeze(["P-256", "RSA 3072"]);

/** @throws CertificatesError CERTIFICATES_WEAK */
function checkStrength(what: string, keyKind: string): void {
	if (curves.includes(keyKind)) return;
	if (keyKind.startsWith("RSA ") && Number(keyKind.slice(4)) >= leastRSABits) return;
	throw new CertificatesError(
		"CERTIFICATES_WEAK",
		`${what}: a key ${keyKind}, wanted: P-256, P-384, P-521 or RSA 2048`,
	);
}

/** @throws CertificatesError CERTIFICATES_KIND, CERTIFICATES_FORMAT, CERTIFICATES_WEAK */
export function certificateFacts({ label, der }: Block): CertificateFacts {
	if (label !== "CERTIFICATE")
		throw new CertificatesError("CERTIFICATES_KIND", `wanted is a certificate, found: ${label}`);
	const facts = readCertificate(der);
	if (typeof facts === "number")
		throw new CertificatesError("CERTIFICATES_FORMAT", "the certificate cannot be read", facts);
	checkStrength(facts.subject, facts.keyKind);
	return facts;
}

/** @throws CertificatesError CERTIFICATES_NOT_CA; as certificateFacts */
export function rootFacts(block: Block): CertificateFacts {
	const facts = certificateFacts(block);
	if (facts.isCA) return facts;
	throw new CertificatesError("CERTIFICATES_NOT_CA", `"${facts.subject}" is no certificate of an authority`);
}

/** @throws CertificatesError CERTIFICATES_FORMAT, CERTIFICATES_WEAK */
export function keyFacts({ der }: Block): KeyFacts {
	const facts = readKey(der, true);
	if (typeof facts === "number")
		throw new CertificatesError("CERTIFICATES_FORMAT", "the private key cannot be read", facts);
	checkStrength("private key", facts.keyKind);
	return facts;
}

/** The public key of a certificate or a public key. @throws CertificatesError CERTIFICATES_KIND, CERTIFICATES_FORMAT */
export function signingFacts({ label, der }: Block): KeyFacts {
	if (label !== "CERTIFICATE" && label !== "PUBLIC KEY")
		throw new CertificatesError("CERTIFICATES_KIND", `wanted is a public key or a certificate, found: ${label}`);
	const facts = label === "CERTIFICATE" ? readCertificate(der) : readKey(der, false);
	if (typeof facts === "number")
		throw new CertificatesError("CERTIFICATES_FORMAT", "the public key cannot be read", facts);
	if (signingKinds.includes(facts.keyKind)) return facts;
	const wanted = signingKinds.join(" or ");
	throw new CertificatesError("CERTIFICATES_KIND", `firmware is signed by ${wanted}, not by ${facts.keyKind}`);
}

/** SHA-256 in hexadecimal of a public key: what a private key is known by. */
export function keyFingerprint({ publicKey }: KeyFacts): string {
	return toHex(sha256(new Uint8Array(publicKey)));
}

export function certificateFingerprint({ der }: Block): string {
	return toHex(sha256(der));
}
