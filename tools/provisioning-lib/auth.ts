// SPDX-License-Identifier: Apache-2.0
//
// Basic and Digest for the provisioning server: one user. Digest is offered with SHA-256 and MD5 (RFC 7616, qop=auth); nonces are
// good for five minutes, each count once; Authentication-Info proves that this server knows the password too.

import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

export interface AuthOptions {
	scheme: "basic" | "digest";
	user: string;
	password: string;
}

export interface AuthVerdict {
	accepted: boolean;
	/** Header fields of the answer, whatever it is. */
	fields: [string, string][];
}

const realm = "upgate";
const nonceLifeMs = 300_000;
const maxNonces = 1000;
const algorithms = { "SHA-256": "sha256", MD5: "md5" } as const;

function hash(algorithm: keyof typeof algorithms, text: string): string {
	return createHash(algorithms[algorithm]).update(text).digest("hex");
}

function equal(a: string, b: string): boolean {
	const [left, right] = [Buffer.from(a), Buffer.from(b)];
	return left.length === right.length && timingSafeEqual(left, right);
}

/** Parameters of a Digest Authorization field. */
function readParameters(text: string): Record<string, string> {
	const result: Record<string, string> = {};
	for (const [, name, quoted, token] of text.matchAll(/([A-Za-z*]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g))
		result[name.toLowerCase()] = token ?? quoted.replace(/\\(.)/g, "$1");
	return result;
}

/** Plain or extended form (RFC 7616 section 3.4). */
function nameIn(sent: Record<string, string>): string | undefined {
	const extended = /^UTF-8''(.*)$/i.exec(sent["username*"] ?? "")?.[1];
	const name = extended?.replace(/%([0-9A-F]{2})/gi, (_whole, digits: string) =>
		String.fromCharCode(Number(`0x${digits}`)),
	);
	// Node gives the bytes of a field as so many characters.
	const bytes = name ?? sent.username;
	return bytes === undefined ? undefined : Buffer.from(bytes, "latin1").toString("utf8");
}

export class Guard {
	readonly #options: AuthOptions;
	/** When each nonce was given, and the highest count that came with it. */
	readonly #nonces = new Map<string, { at: number; count: number }>();

	constructor(options: AuthOptions) {
		this.#options = options;
	}

	/** @param authorization value of the request's field, if it has one @param target path and query */
	check(authorization: string | undefined, method: string, target: string): AuthVerdict {
		const { scheme, user, password } = this.#options;
		if (scheme === "digest") return this.#digest(authorization, method, target);
		const expected = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
		if (equal(authorization ?? "", expected)) return { accepted: true, fields: [] };
		return { accepted: false, fields: [["WWW-Authenticate", `Basic realm="${realm}", charset="UTF-8"`]] };
	}

	#digest(authorization: string | undefined, method: string, target: string): AuthVerdict {
		const sent = /^digest /i.test(authorization ?? "") ? readParameters(authorization ?? "") : undefined;
		if (sent === undefined) return this.#challenge(false);
		const algorithm = sent.algorithm?.toUpperCase() === "SHA-256" ? "SHA-256" : "MD5";
		const { user, password } = this.#options;
		const { nonce = "", nc = "", cnonce = "", uri = "" } = sent;
		const secret = hash(algorithm, `${user}:${realm}:${password}`);
		const prove = (method: string): string =>
			hash(algorithm, `${secret}:${nonce}:${nc}:${cnonce}:auth:${hash(algorithm, `${method}:${uri}`)}`);
		const known = nameIn(sent) === user && sent.realm === realm && sent.qop === "auth" && uri === target;
		if (!known || !equal(sent.response ?? "", prove(method))) return this.#challenge(false);
		if (!this.#use(nonce, nc)) return this.#challenge(true);
		const info = `rspauth="${prove("")}", cnonce="${cnonce}", nc=${nc}, qop=auth`;
		return { accepted: true, fields: [["Authentication-Info", info]] };
	}

	/** Each count is good once, and in order. */
	#use(nonce: string, count: string): boolean {
		const entry = this.#nonces.get(nonce);
		const number = /^[0-9a-f]{8}$/.test(count) ? Number(`0x${count}`) : 0;
		if (entry === undefined || Date.now() - entry.at > nonceLifeMs || number <= entry.count) return false;
		entry.count = number;
		return true;
	}

	#challenge(stale: boolean): AuthVerdict {
		const nonce = randomBytes(16).toString("base64url");
		this.#nonces.set(nonce, { at: Date.now(), count: 0 });
		for (const oldest of this.#nonces.keys()) if (this.#nonces.size > maxNonces) this.#nonces.delete(oldest);
		const rest = `realm="${realm}", nonce="${nonce}", qop="auth"${stale ? ", stale=true" : ""}`;
		const fields = Object.keys(algorithms).map((name): [string, string] => [
			"WWW-Authenticate",
			`Digest ${rest}, algorithm=${name}, charset=UTF-8`,
		]);
		return { accepted: false, fields };
	}
}
