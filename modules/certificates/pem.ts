// SPDX-License-Identifier: Apache-2.0
//
// PEM texts to DER blocks, one at a time, and back: any number of blocks with text between them. A block is what its contents are,
// whatever its label says. Neither way makes a second copy of what it reads: a bundle fills a good part of a chip's heap. Leaves out encrypted keys, which are refused. Sources: RFC 7468; RFC 1421 section 4.6.

import { base64Length, decodeBase64InPlace, putBase64 } from "../bytes/base64.js";
import { decodeLatin1, encodeLatin1 } from "../bytes/text.js";
import { type DERLabel, identify, isWholeSequence } from "./der.js";
import { CertificatesError } from "./error.js";

export interface Block {
	label: DERLabel;
	der: Uint8Array;
}

/** Longest label that is told, characters. */
const labelLimit = 40;
/** Longest Base64 text of one block, bytes; a certificate of 4096 bytes takes 5550. */
const bodyLimit = 8192;
/** In which the header of an encrypted key begins, bytes. */
const headLimit = 64;
const lineEnd = Object.freeze([0x0a, 0x0d]);

function refuse(message: string): CertificatesError {
	return new CertificatesError("CERTIFICATES_FORMAT", message);
}

function encrypted(): CertificatesError {
	return new CertificatesError(
		"CERTIFICATES_ENCRYPTED",
		"the private key is encrypted: wanted is one without a password",
	);
}

/** @throws CertificatesError CERTIFICATES_FORMAT, CERTIFICATES_ENCRYPTED */
function blockOf(der: Uint8Array, what: string): Block {
	const label = identify(der);
	if (label === undefined) throw refuse(`${what} is damaged, or no certificate or key`);
	if (label === "ENCRYPTED PRIVATE KEY") throw encrypted();
	return { label, der };
}

function decodeBody(label: string, body: Uint8Array): Uint8Array {
	if (body.length > bodyLimit) throw refuse(`${label} has more than ${bodyLimit} characters`);
	// RFC 1421 section 4.6: before anything else of the body.
	const head = decodeLatin1(body.subarray(0, headLimit));
	if (head.includes("Proc-Type:") || head.includes("DEK-Info:")) throw encrypted();
	try {
		return decodeBase64InPlace(body);
	} catch {
		// The decoder's offset would not be one of the text.
		throw refuse(`the text of ${label} is damaged`);
	}
}

/** "-----BEGIN X-----" or "-----END X-----" as pair of words; looks no further at other lines. */
function boundaryAt(bytes: Uint8Array, start: number, end: number): { begins: boolean; label: string } | undefined {
	let at = start;
	while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x09)) at++;
	if (bytes[at] !== 0x2d || end - at > 100) return undefined;
	const found = /^\s*-----(BEGIN|END) ([ -~]+?)-----\s*$/.exec(decodeLatin1(bytes.subarray(at, end)));
	return found === null ? undefined : { begins: found[1] === "BEGIN", label: found[2].slice(0, labelLimit) };
}

/** A byte order mark of UTF-8, as editors put it before a text. */
function textStart(bytes: Uint8Array): number {
	return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

function* blocksOfText(bytes: Uint8Array): Iterable<Block> {
	let label: string | undefined;
	let body = 0;
	let next: number;
	for (let start = textStart(bytes); start < bytes.length; start = next) {
		let end = start;
		while (end < bytes.length && !lineEnd.includes(bytes[end])) end++;
		next = end + 1;
		const line = boundaryAt(bytes, start, end);
		if (line === undefined) continue;
		if (line.begins) {
			if (label !== undefined) throw refuse(`${label} has no END line`);
			label = line.label;
			body = next;
		} else {
			if (label !== line.label) throw refuse(`an END line of ${line.label} without its BEGIN line`);
			// Parameters of a curve, which openssl writes before a key, say nothing that the key does not.
			if (label !== "EC PARAMETERS") yield blockOf(decodeBody(label, bytes.subarray(body, start)), label);
			label = undefined;
		}
	}
	if (label !== undefined) throw refuse(`${label} has no END line`);
}

/** Base64 of one DER structure without BEGIN and END, as some tools show it. */
function bareBlock(bytes: Uint8Array): Block | undefined {
	if (bytes.length > bodyLimit) return undefined;
	try {
		const der = decodeBase64InPlace(bytes.subarray(textStart(bytes)));
		return isWholeSequence(der) ? blockOf(der, "the Base64 text") : undefined;
	} catch (error) {
		if (error instanceof CertificatesError) throw error;
		return undefined;
	}
}

/**
 * Reads block by block.
 * @param bytes PEM with any text around the blocks, one DER structure, or Base64 of one. Used up: each block is decoded over its
 * own text, and is a part of `bytes`
 * @throws CertificatesError CERTIFICATES_FORMAT, CERTIFICATES_ENCRYPTED
 */
export function* readBlocks(bytes: Uint8Array): Iterable<Block> {
	// A long form length is no text: what is damaged shall be told as DER.
	if (isWholeSequence(bytes) || (bytes[0] === 0x30 && bytes[1] > 0x80)) {
		yield blockOf(bytes, "the DER structure");
		return;
	}
	let count = 0;
	for (const block of blocksOfText(bytes)) {
		count++;
		yield block;
	}
	if (count > 0) return;
	const bare = bareBlock(bytes);
	if (bare === undefined) throw refuse("neither PEM nor DER");
	yield bare;
}

export function isPrivateKey({ label }: Block): boolean {
	return label === "PRIVATE KEY" || label === "EC PRIVATE KEY" || label === "RSA PRIVATE KEY";
}

/** Bytes of DER in a line of 64 characters. */
const lineBytes = 48;

/** Length of `putBlock`. */
function formattedLength({ label, der }: Block): number {
	const body = base64Length(der.length);
	return body + Math.ceil(body / 64) + 2 * label.length + "-----BEGIN -----\n-----END -----\n".length;
}

/** @returns the offset after it */
function putText(output: Uint8Array, at: number, text: string): number {
	output.set(encodeLatin1(text), at);
	return at + text.length;
}

/** @returns the offset after it */
function putBlock(output: Uint8Array, start: number, { label, der }: Block): number {
	let at = putText(output, start, `-----BEGIN ${label}-----\n`);
	for (let i = 0; i < der.length; i += lineBytes) {
		at = putBase64(output, at, der.subarray(i, i + lineBytes));
		output[at++] = lineEnd[0];
	}
	return putText(output, at, `-----END ${label}-----\n`);
}

/** Length of `formatBlocks`, to be known before there is room for it. */
export function formattedLengthOf(blocks: readonly Block[]): number {
	return blocks.reduce((sum, block) => sum + formattedLength(block), 0);
}

/** @returns a PEM text with the blocks in their order, each line with its line end; made without holding it as a string too */
export function formatBlocks(blocks: readonly Block[]): Uint8Array {
	const bytes = new Uint8Array(formattedLengthOf(blocks));
	let at = 0;
	for (const block of blocks) at = putBlock(bytes, at, block);
	return bytes;
}

/** One block as text, for a terminal. */
export function formatBlock(label: DERLabel, der: Uint8Array): string {
	return decodeLatin1(formatBlocks([{ label, der }]));
}
