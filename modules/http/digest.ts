// SPDX-License-Identifier: Apache-2.0
//
// Digest authentication (RFC 7616; RFC 2617 and RFC 2069 where a server is that old): what a challenge asks for, and the
// computation. Pure: time and randomness come in as arguments. All texts here are byte strings (one character a byte), as they
// stand in the fields. Leaves out SHA-512-256 and request bodies. `unq` of the RFCs is read as the text without escapes.

import { MD5 } from "../bytes/md5.js";
import { SHA256 } from "../bytes/sha256.js";
import { decodeLatin1, encodeLatin1, encodeUTF8, toHex } from "../bytes/text.js";
import { findParameter, type Challenge } from "./challenge.js";
import { HTTPError } from "./errors.js";
import { trimmed } from "./headers.js";

export interface HashFunction {
	update(bytes: Uint8Array): void;
	digest(): Uint8Array;
}

export type DigestQuality = "auth" | "auth-int";

export interface DigestChallenge {
	readonly realm: string;
	readonly nonce: string;
	readonly opaque?: string;
	/** Without "-sess". */
	readonly hash: "MD5" | "SHA-256";
	/** HA1 holds nonce and cnonce. */
	readonly session: boolean;
	/** As the server wrote it; absent when it did not: then the answer has none either. */
	readonly algorithm?: string;
	/** Absent: RFC 2069. */
	readonly quality?: DigestQuality;
	readonly stale: boolean;
	readonly userhash: boolean;
	readonly utf8: boolean;
	/** Space-separated URIs for which the nonce is good; absent: the whole server. */
	readonly domain?: string;
}

/** One request as Digest sees it. */
export interface DigestRequest {
	readonly challenge: DigestChallenge;
	/** In UTF-8 as a byte string. */
	readonly user: string;
	readonly password: string;
	readonly method: string;
	/** Request target as sent. */
	readonly uri: string;
	readonly cnonce: string;
	/** Count of requests with this nonce, from 1. */
	readonly count: number;
}

/** @returns UTF-8 bytes of a text as a byte string */
export function toByteString(text: string): string {
	return decodeLatin1(encodeUTF8(text));
}

/**
 * Reads a challenge of scheme "digest".
 * @returns `undefined` when it asks for what is not known here: algorithm or quality of protection
 * @throws HTTPError HTTP_CHALLENGE when realm or nonce is missing
 */
export function readDigestChallenge({ parameters }: Challenge): DigestChallenge | undefined {
	const get = (name: string): string | undefined => findParameter(parameters, name);
	const is = (name: string, value: string): boolean => get(name)?.toLowerCase() === value;
	const realm = get("realm");
	const nonce = get("nonce");
	if (realm === undefined || nonce === undefined)
		throw new HTTPError("HTTP_CHALLENGE", "Digest challenge without realm or nonce");
	const algorithm = readAlgorithm(get("algorithm"));
	const quality = readQuality(get("qop"));
	if (algorithm === undefined || quality === "unknown") return undefined;
	const flags = { stale: is("stale", "true"), userhash: is("userhash", "true"), utf8: is("charset", "utf-8") };
	return {
		...{ realm, nonce, ...algorithm, ...flags },
		...optional("algorithm", get("algorithm")),
		...optional("opaque", get("opaque")),
		...optional("domain", get("domain")),
		...(quality === undefined ? {} : { quality }),
	};
}

function optional<N extends string>(name: N, value: string | undefined): { [K in N]?: string } {
	return value === undefined ? {} : ({ [name]: value } as { [K in N]?: string });
}

function readAlgorithm(name = "MD5"): Pick<DigestChallenge, "hash" | "session"> | undefined {
	const upper = name.toUpperCase();
	const session = upper.endsWith("-SESS");
	const hash = session ? upper.slice(0, -5) : upper;
	return hash === "MD5" || hash === "SHA-256" ? { hash, session } : undefined;
}

function readQuality(list: string | undefined): DigestQuality | "unknown" | undefined {
	if (list === undefined || trimmed(list) === "") return undefined;
	const known = list.split(",").map((item) => trimmed(item).toLowerCase());
	// "auth-int" for a GET protects nothing more on the way there, and few servers have it right.
	if (known.includes("auth")) return "auth";
	return known.includes("auth-int") ? "auth-int" : "unknown";
}

export function newHash(hash: DigestChallenge["hash"]): HashFunction {
	return hash === "MD5" ? new MD5() : new SHA256();
}

function hashText(hash: DigestChallenge["hash"], text: string): string {
	const state = newHash(hash);
	state.update(encodeLatin1(text));
	return toHex(state.digest());
}

/** RFC 7616 section 3.4.6: eight hexadecimal digits. */
export function nonceCount(count: number): string {
	return count.toString(16).padStart(8, "0");
}

/** RFC 7616 section 3.4.2. */
function secret({ challenge, user, password, cnonce }: DigestRequest): string {
	const { hash, realm, nonce, session } = challenge;
	const first = hashText(hash, `${user}:${realm}:${password}`);
	return session ? hashText(hash, `${first}:${nonce}:${cnonce}`) : first;
}

/** RFC 7616 section 3.4.1; `A2` of section 3.4.3 or 3.5 comes in. */
function combine(request: DigestRequest, quality: DigestQuality | undefined, a2: string): string {
	const { hash, nonce } = request.challenge;
	const middle = quality === undefined ? nonce : `${nonce}:${nonceCount(request.count)}:${request.cnonce}:${quality}`;
	return hashText(hash, `${secret(request)}:${middle}:${hashText(hash, a2)}`);
}

/** @returns `response` of the Authorization field, for a request without body */
export function digestResponse(request: DigestRequest): string {
	const { hash, quality } = request.challenge;
	const body = quality === "auth-int" ? `:${hashText(hash, "")}` : "";
	return combine(request, quality, `${request.method}:${request.uri}${body}`);
}

/**
 * @param bodyHash hexadecimal hash of the response's body; needed with "auth-int" only
 * @returns `rspauth` that a server which knows the password sends (RFC 7616 section 3.5)
 */
export function expectedRspauth(request: DigestRequest, quality: DigestQuality | undefined, bodyHash = ""): string {
	return combine(request, quality, `:${request.uri}${quality === "auth-int" ? `:${bodyHash}` : ""}`);
}

/** @returns value of the Authorization field (RFC 7616 section 3.4) */
export function digestAuthorization(request: DigestRequest): string {
	const { realm, nonce, opaque, algorithm, quality, session, userhash } = request.challenge;
	const parts = [
		userField(request),
		`realm=${quote(realm)}`,
		`nonce=${quote(nonce)}`,
		`uri=${quote(request.uri)}`,
		`response="${digestResponse(request)}"`,
	];
	if (algorithm !== undefined) parts.push(`algorithm=${algorithm}`);
	if (quality !== undefined) parts.push(`qop=${quality}`, `nc=${nonceCount(request.count)}`);
	// Without it the server could not compute the secret of a session.
	if (quality !== undefined || session) parts.push(`cnonce=${quote(request.cnonce)}`);
	if (opaque !== undefined) parts.push(`opaque=${quote(opaque)}`);
	if (userhash) parts.push("userhash=true");
	return `Digest ${parts.join(", ")}`;
}

function userField({ challenge, user }: DigestRequest): string {
	const { hash, realm, userhash, utf8 } = challenge;
	if (userhash) return `username="${hashText(hash, `${user}:${realm}`)}"`;
	// RFC 7616 section 3.4, RFC 5987; an older server gets the bytes as they are.
	return utf8 && hasAbove7F(user) ? `username*=UTF-8''${percentEncode(user)}` : `username=${quote(user)}`;
}

function hasAbove7F(text: string): boolean {
	for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return true;
	return false;
}

/** RFC 5987 section 3.2.1, attr-char. */
function percentEncode(text: string): string {
	let result = "";
	for (let i = 0; i < text.length; i++) {
		const character = text.charAt(i);
		const plain = /^[A-Za-z0-9!#$&+.^_`|~-]$/.test(character);
		result += plain ? character : `%${toHex(Uint8Array.of(text.charCodeAt(i)), true)}`;
	}
	return result;
}

/** RFC 9110 section 5.6.4. */
export function quote(text: string): string {
	let result = '"';
	for (let i = 0; i < text.length; i++) {
		const character = text.charAt(i);
		result += character === '"' || character === "\\" ? `\\${character}` : character;
	}
	return `${result}"`;
}
