// SPDX-License-Identifier: Apache-2.0
//
// What a DER structure is, by its first elements: certificate, public key, or one of the forms of a private key. The contents are
// Mbed TLS's to judge. Sources: X.690 8.1; RFC 5280 4.1, RFC 5208, RFC 5958, RFC 5915, RFC 8017 A.1.2, RFC 7292, RFC 5652, RFC 2986.

/** The label a structure has in PEM (RFC 7468), also of those that are only named to be refused. */
export type DERLabel =
	| "CERTIFICATE"
	| "CERTIFICATE REQUEST"
	| "EC PRIVATE KEY"
	| "ENCRYPTED PRIVATE KEY"
	| "PKCS#7"
	| "PKCS#12"
	| "PRIVATE KEY"
	| "PUBLIC KEY"
	| "RSA PRIVATE KEY";

const tag = Object.freeze({
	integer: 0x02,
	bits: 0x03,
	octets: 0x04,
	object: 0x06,
	sequence: 0x30,
	context0: 0xa0,
});

interface Element {
	tag: number;
	start: number;
	end: number;
}

/** @returns the element at `at`, `undefined` unless it lies whole before `end`; lengths of up to three bytes */
function elementAt(der: Uint8Array, at: number, end: number): Element | undefined {
	if (at + 2 > end) return undefined;
	let length = der[at + 1];
	let start = at + 2;
	if (length >= 0x80) {
		const count = length - 0x80;
		if (count < 1 || count > 3 || start + count > end) return undefined;
		length = 0;
		for (let i = 0; i < count; i++) length = length * 256 + der[start++];
	}
	return start + length > end ? undefined : { tag: der[at], start, end: start + length };
}

/** The first elements within one, up to four. */
function childrenOf(der: Uint8Array, { start, end }: Element): Element[] {
	const children: Element[] = [];
	for (let at = start; at < end && children.length < 4;) {
		const child = elementAt(der, at, end);
		if (child === undefined) break;
		children.push(child);
		at = child.end;
	}
	return children;
}

const tagsOf = (elements: readonly Element[]): number[] => elements.map((element) => element.tag);

/** One that begins with a version. */
function identifyKey(der: Uint8Array, version: Element, second: number): DERLabel | undefined {
	const number = version.end - version.start === 1 ? der[version.start] : -1;
	if (second === tag.octets && number === 1) return "EC PRIVATE KEY";
	if (second === tag.integer && number === 0) return "RSA PRIVATE KEY";
	if (second === tag.sequence && (number === 0 || number === 1)) return "PRIVATE KEY";
	return second === tag.sequence && number === 3 ? "PKCS#12" : undefined;
}

/** One that begins with a SEQUENCE whose own first elements have the tags `inner`. */
function identifySigned(inner: readonly number[], second: number): DERLabel | undefined {
	if (inner[0] === tag.object) {
		if (second === tag.bits) return "PUBLIC KEY";
		return second === tag.octets ? "ENCRYPTED PRIVATE KEY" : undefined;
	}
	if (second !== tag.sequence) return undefined;
	if (inner[0] === tag.context0) return "CERTIFICATE";
	// Version, name, key, attributes; a certificate of version 1 (number, algorithm, name, dates) has no such fourth.
	if (inner[0] === tag.integer) return inner[3] === tag.context0 ? "CERTIFICATE REQUEST" : "CERTIFICATE";
	return undefined;
}

/** Whether `bytes` are one DER SEQUENCE, whole and nothing behind it. */
export function isWholeSequence(bytes: Uint8Array): boolean {
	const outer = elementAt(bytes, 0, bytes.length);
	return outer?.tag === tag.sequence && outer.end === bytes.length;
}

/** @returns `undefined` for what is none of them, cut off, or followed by something else */
export function identify(der: Uint8Array): DERLabel | undefined {
	if (!isWholeSequence(der)) return undefined;
	const outer = elementAt(der, 0, der.length);
	if (outer === undefined) return undefined;
	const [first, second] = childrenOf(der, outer);
	if (first === undefined || second === undefined) return undefined;
	if (first.tag === tag.integer) return identifyKey(der, first, second.tag);
	if (first.tag === tag.object && second.tag === tag.context0) return "PKCS#7";
	return first.tag === tag.sequence ? identifySigned(tagsOf(childrenOf(der, first)), second.tag) : undefined;
}
