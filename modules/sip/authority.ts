// SPDX-License-Identifier: Apache-2.0
//
// Challenges by Digest, and judges the answer: one user, MD5 and SHA-256, qop "auth" or none (a nonce is then good once). Wrong answers
// are counted by address. Leaves out "-sess", "auth-int", userhash, and comparing the digest's uri with the Request-URI, which proxies
// change. Sources: RFC 7616, RFC 8760 section 2, RFC 3261 section 22.

import { HTTPError } from "../http/errors.js";
import { findParameter, parseChallenges, type AuthParameter } from "../http/challenge.js";
import { digestResponse, toByteString, type DigestChallenge } from "../http/digest.js";
import { Nonces, type NonceOptions } from "./nonces.js";

export interface Credentials {
	user: string;
	password: string;
	/** What is offered, the preferred one first; some senders look at the first alone. */
	algorithms: readonly DigestChallenge["hash"][];
}

export interface AuthorityOptions extends NonceOptions {
	/** Named in the challenge; printable ASCII without quotes. */
	readonly realm: string;
}

/** - `wrong`: user or password; - `locked`: too many of those; - `unfit`: what was not offered, or no digest at all */
export type Judgement = "right" | "none" | "wrong" | "stale" | "replayed" | "locked" | "unfit";

interface Failures {
	address: string;
	count: number;
	since: number;
}

const mostFailures = 5;
const lockMs = 60000;
const mostAddresses = 8;

interface DigestAnswer {
	parameters: readonly AuthParameter[];
	hash: DigestChallenge["hash"];
	quality: "auth" | undefined;
	count: number;
}

/** @returns the answer to a challenge of this realm, `undefined` when there is none. @throws HTTPError for what cannot be read */
function findAnswer(fields: readonly string[], realm: string): readonly AuthParameter[] | undefined {
	for (const field of fields) {
		for (const { scheme, parameters } of parseChallenges(field))
			if (scheme === "digest" && findParameter(parameters, "realm") === realm) return parameters;
	}
	return undefined;
}

/** @returns `undefined` for what was not offered */
function readAnswer(parameters: readonly AuthParameter[], { algorithms }: Credentials): DigestAnswer | undefined {
	const get = (name: string): string | undefined => findParameter(parameters, name);
	const named = (get("algorithm") ?? "MD5").toUpperCase();
	const hash = algorithms.find((name) => name === named);
	if (hash === undefined) return undefined;
	if (["username", "nonce", "uri", "response"].some((name) => get(name) === undefined)) return undefined;
	const quality = get("qop")?.toLowerCase();
	if (quality === undefined) return { parameters, hash, quality, count: 1 };
	const count = get("nc") ?? "";
	if (quality !== "auth" || get("cnonce") === undefined || !/^[0-9A-Fa-f]{8}$/.test(count)) return undefined;
	return { parameters, hash, quality, count: Number(`0x${count}`) };
}

/** Takes the same time wherever the difference is. */
function same(a: string, b: string): boolean {
	if (a.length !== b.length) return false;
	let difference = 0;
	for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
	return difference === 0;
}

export class Authority {
	readonly #options: AuthorityOptions;
	/** Made when somebody is asked for a password: many a gateway never asks. */
	#nonces: Nonces | undefined;
	#failures: Failures[] | undefined;

	constructor(options: AuthorityOptions) {
		this.#options = options;
	}

	/** @returns lines of the response, one for each algorithm (RFC 8760 section 2.4) */
	challenge(address: string, { algorithms }: Credentials, stale: boolean): string[] {
		this.#nonces ??= new Nonces(this.#options);
		const nonce = this.#nonces.make(address);
		const tail = `${stale ? ", stale=true" : ""}, qop="auth"`;
		return algorithms.map(
			(name) => `WWW-Authenticate: Digest realm="${this.#options.realm}", nonce="${nonce}", algorithm=${name}${tail}`,
		);
	}

	/**
	 * @param fields values of Authorization
	 * @param method of the request
	 */
	judge(fields: readonly string[], method: string, address: string, credentials: Credentials): Judgement {
		let parameters: readonly AuthParameter[] | undefined;
		try {
			parameters = findAnswer(fields, this.#options.realm);
		} catch (error) {
			if (error instanceof HTTPError) return "unfit";
			throw error;
		}
		if (parameters === undefined) return "none";
		const answer = readAnswer(parameters, credentials);
		return answer === undefined ? "unfit" : this.judgeAnswer(answer, method, address, credentials);
	}

	private judgeAnswer(answer: DigestAnswer, method: string, address: string, credentials: Credentials): Judgement {
		const get = (name: string): string => findParameter(answer.parameters, name) ?? "";
		const nonces = this.#nonces;
		const nonce = nonces?.open(get("nonce"), address);
		// Only who has got a nonce of ours can fail: a forged source locks nobody out.
		if (nonces === undefined || nonce === undefined) return "stale";
		if (this.isLocked(address)) return "locked";
		if (!this.isRight(answer, method, credentials)) {
			this.fail(address);
			return "wrong";
		}
		const verdict = nonces.use(nonce, answer.count);
		return verdict === "good" ? "right" : verdict;
	}

	private isRight(
		{ parameters, hash, quality, count }: DigestAnswer,
		method: string,
		credentials: Credentials,
	): boolean {
		const get = (name: string): string => findParameter(parameters, name) ?? "";
		const user = toByteString(credentials.user);
		const challenge: DigestChallenge = {
			...{ realm: this.#options.realm, nonce: get("nonce"), hash, session: false },
			...{ stale: false, userhash: false, utf8: false },
			...(quality === undefined ? {} : { quality }),
		};
		const password = toByteString(credentials.password);
		const request = { challenge, user, password, method, uri: get("uri"), cnonce: get("cnonce"), count };
		const isUser = same(get("username"), user);
		return same(get("response").toLowerCase(), digestResponse(request)) && isUser;
	}

	private isLocked(address: string): boolean {
		const failures = this.#failures ?? [];
		const entry = failures.find((item) => item.address === address);
		if (entry === undefined) return false;
		if (this.#options.ticks() - entry.since < lockMs) return entry.count >= mostFailures;
		failures.splice(failures.indexOf(entry), 1);
		return false;
	}

	private fail(address: string): void {
		const failures = (this.#failures ??= []);
		const entry = failures.find((item) => item.address === address);
		if (entry !== undefined) {
			entry.count++;
			return;
		}
		if (failures.length === mostAddresses) failures.shift();
		failures.push({ address, count: 1, since: this.#options.ticks() });
	}
}
