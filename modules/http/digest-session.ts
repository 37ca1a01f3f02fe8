// SPDX-License-Identifier: Apache-2.0
//
// One nonce of a server in use: counts requests, and judges the Authentication-Info that comes back (RFC 7616 section 3.5).
// A nextnonce begins a new count with a new cnonce; the secret of a "-sess" algorithm is then made of the new pair, which is what
// servers without a memory compute.

import { toHex } from "../bytes/text.js";
import { findParameter, parseAuthParameters, type AuthParameter } from "./challenge.js";
import {
	digestAuthorization,
	expectedRspauth,
	newHash,
	nonceCount,
	toByteString,
	type DigestChallenge,
	type DigestQuality,
	type DigestRequest,
	type HashFunction,
} from "./digest.js";
import { HTTPError } from "./errors.js";
import type { Headers } from "./headers.js";
import { originOf, parseURL } from "./url.js";

/** Requests with one nonce; then the server is asked for another. */
const maxCount = 0xffffff;
const cnonceBytes = 16;

export class DigestSession {
	readonly user: string;
	readonly password: string;
	readonly #random: (bytes: Uint8Array) => void;
	#challenge: DigestChallenge;
	#cnonce = "";
	#count = 0;

	/** @param random fills with bytes that nobody can guess */
	constructor(
		challenge: DigestChallenge,
		credentials: { user: string; password: string },
		random: (bytes: Uint8Array) => void,
	) {
		this.user = toByteString(credentials.user);
		this.password = toByteString(credentials.password);
		this.#random = random;
		this.#challenge = challenge;
		this.renew(challenge.nonce);
	}

	get realm(): string {
		return this.#challenge.realm;
	}

	/** Whether a request may go out with this nonce unasked (RFC 7616 section 3.3, domain). */
	covers(path: string, origin: string): boolean {
		if (this.#count >= maxCount) return false;
		const { domain } = this.#challenge;
		if (domain === undefined) return true;
		return domain.split(" ").some((uri) => path.startsWith(pathOn(origin, uri) ?? " "));
	}

	/** The next request. @param uri its target */
	begin(method: string, uri: string): DigestUse {
		const count = ++this.#count;
		const { user, password } = this;
		const request = { challenge: this.#challenge, user, password, method, uri, cnonce: this.#cnonce, count };
		return new DigestUse(request, (nonce) => this.renew(nonce));
	}

	private renew(nonce: string): void {
		const bytes = new Uint8Array(cnonceBytes);
		this.#random(bytes);
		this.#challenge = { ...this.#challenge, nonce };
		this.#cnonce = toHex(bytes);
		this.#count = 0;
	}
}

/** @returns path of a URI of the domain list that lies on this server; `undefined` for another server's and for what is no URI */
function pathOn(origin: string, uri: string): string | undefined {
	if (uri.startsWith("/")) return uri;
	try {
		const url = parseURL(uri);
		return originOf(url) === origin ? url.path : undefined;
	} catch {
		return undefined; // at worst the server has to ask
	}
}

export class DigestUse {
	/** Value of the Authorization field. */
	readonly authorization: string;
	readonly #request: DigestRequest;
	readonly #onNextNonce: (nonce: string) => void;
	/** What must still be compared with the body. */
	#body: { hash: HashFunction; rspauth: string } | undefined;

	constructor(request: DigestRequest, onNextNonce: (nonce: string) => void) {
		this.#request = request;
		this.#onNextNonce = onNextNonce;
		this.authorization = digestAuthorization(request);
	}

	/**
	 * Takes the head of the response. What is not there is not missed: many servers send nothing.
	 * @throws HTTPError HTTP_AUTHENTICATION_INFO: whoever answered does not know the password
	 */
	takeHead(headers: Headers): void {
		const fields = headers.getAll("authentication-info");
		if (fields.length === 0) return;
		const info = this.parse(fields);
		this.compare(info, "cnonce", this.#request.cnonce);
		this.compare(info, "nc", nonceCount(this.#request.count));
		const rspauth = findParameter(info, "rspauth");
		if (rspauth !== undefined) this.judge(info, rspauth.toLowerCase());
		const next = findParameter(info, "nextnonce");
		if (next !== undefined && next !== "") this.#onNextNonce(next);
	}

	/** The server has vouched for the body too. */
	get waitsForBody(): boolean {
		return this.#body !== undefined;
	}

	/** Takes body bytes. */
	takeBody(bytes: Uint8Array): void {
		this.#body?.hash.update(bytes);
	}

	/** The body is whole. @throws HTTPError HTTP_AUTHENTICATION_INFO */
	end(): void {
		const body = this.#body;
		this.#body = undefined;
		if (body === undefined) return;
		const expected = expectedRspauth(this.#request, "auth-int", toHex(body.hash.digest()));
		if (body.rspauth !== expected) this.fail("rspauth does not fit the body");
	}

	private parse(fields: readonly string[]): AuthParameter[] {
		if (fields.length > 1) this.fail("more than one field");
		try {
			return parseAuthParameters(fields[0]);
		} catch (cause) {
			throw new HTTPError("HTTP_AUTHENTICATION_INFO", "Authentication-Info: not a list of parameters", { cause });
		}
	}

	private compare(info: readonly AuthParameter[], name: string, expected: string): void {
		const value = findParameter(info, name);
		if (value !== undefined && value.toLowerCase() !== expected) this.fail(`${name} is not that of the request`);
	}

	private judge(info: readonly AuthParameter[], rspauth: string): void {
		const quality = this.quality(findParameter(info, "qop"));
		if (quality === "auth-int") this.#body = { hash: newHash(this.#request.challenge.hash), rspauth };
		else if (rspauth !== expectedRspauth(this.#request, quality)) this.fail("rspauth is wrong");
	}

	private quality(text: string | undefined): DigestQuality | undefined {
		const asked = this.#request.challenge.quality;
		if (text === undefined || asked === undefined) return asked;
		const quality = text.toLowerCase();
		if (quality !== "auth" && quality !== "auth-int") return this.fail("unknown qop");
		return quality;
	}

	private fail(message: string): never {
		throw new HTTPError("HTTP_AUTHENTICATION_INFO", `Authentication-Info: ${message}`);
	}
}
