// SPDX-License-Identifier: Apache-2.0
//
// What a client knows about the authentication of each server, and what it does after a 401. Credentials that a server has
// refused are not sent a second time; only "stale" of a Digest challenge allows another try, and only so often.
//
//	nothing or remembered --401--> answered --401 stale--> answered (2 times)        answered --401--> refused

import { basicAuthorization, checkCredentials, readOffers, type Credentials, type Offer } from "./credentials.js";
import { DigestSession, type DigestUse } from "./digest-session.js";
import { HTTPError } from "./errors.js";
import type { Headers } from "./headers.js";
import { originOf, type ParsedURL } from "./url.js";

/** Servers remembered. */
const maxRemembered = 4;
/** Nonces that may turn out old within one request. */
const maxStale = 2;

interface Remembered {
	readonly origin: string;
	readonly credentials: Credentials;
	readonly realm: string;
	/** Absent: Basic. */
	readonly session?: DigestSession;
}

/** Authentication of one request, over all its tries at one server. */
export interface Attempt {
	readonly url: ParsedURL;
	readonly credentials: readonly Credentials[];
	/** Value of the Authorization field to send, if any. */
	authorization?: string;
	/** Judges the response, when Digest is sent. */
	use?: DigestUse;
	sent: "nothing" | "basic" | "digest";
	/** A challenge has been answered, not only foreseen. */
	answered: boolean;
	realm: string | undefined;
	stale: number;
}

export class Authenticator {
	readonly #random: (bytes: Uint8Array) => void;
	#remembered: Remembered[] = [];

	/** @param random fills with bytes that nobody can guess */
	constructor(random: (bytes: Uint8Array) => void) {
		this.#random = random;
	}

	/**
	 * Begins with what is known: a running Digest, or Basic that was asked for before; else Basic for credentials that need no asking.
	 * @param credentials those that may be shown to this server, in order of preference
	 * @throws HTTPError HTTP_CREDENTIALS
	 */
	begin(url: ParsedURL, credentials: readonly Credentials[]): Attempt {
		for (const item of credentials) checkCredentials(item);
		const attempt: Attempt = { url, credentials, sent: "nothing", answered: false, realm: undefined, stale: 0 };
		const origin = originOf(url);
		const known = this.#remembered.find((item) => item.origin === origin && includes(credentials, item));
		const unasked = credentials.find((item) => item.unasked === true);
		if (known?.session?.covers(url.path, origin)) this.sendDigest(attempt, known.session);
		else if (known !== undefined && known.session === undefined)
			this.sendBasic(attempt, known.credentials, known.realm);
		else if (known === undefined && unasked !== undefined) this.sendBasic(attempt, unasked, undefined);
		return attempt;
	}

	/**
	 * Takes a 401; on return the attempt is to be sent again.
	 * @throws HTTPError HTTP_UNAUTHORIZED, HTTP_CHALLENGE when there is nothing more to try
	 */
	challenged(attempt: Attempt, headers: Headers): void {
		this.forget(attempt.url);
		const offers = readOffers(headers);
		if (offers.list.length === 0 && offers.fault !== undefined) throw nonsense(offers.fault);
		const wanted = this.acceptable(attempt, offers.list);
		if (wanted === undefined) throw refused("the server refused user name or password");
		for (const offer of wanted) {
			const credentials = attempt.credentials.find((item) => fits(item, offer));
			if (credentials === undefined) continue;
			attempt.answered = true;
			if (offer.scheme === "basic") return this.sendBasic(attempt, credentials, offer.realm);
			const session = new DigestSession(offer.challenge, credentials, this.#random);
			this.remember({ origin: originOf(attempt.url), credentials, realm: offer.realm, session });
			return this.sendDigest(attempt, session);
		}
		if (attempt.credentials.length === 0) throw refused("the server asks for user name and password");
		throw refused("the server asks for a way to sign in that is not known or not allowed");
	}

	/** Any other answer than 401: Basic that was asked for is sent unasked from now on. */
	accepted(attempt: Attempt): void {
		if (attempt.sent !== "basic" || !attempt.answered) return;
		const credentials = attempt.credentials.find((item) => basicAuthorization(item) === attempt.authorization);
		if (credentials === undefined) return;
		this.remember({ origin: originOf(attempt.url), credentials, realm: attempt.realm ?? "" });
	}

	/** @returns the offers that may be answered, `undefined` when what was sent has been refused */
	private acceptable(attempt: Attempt, list: Offer[]): Offer[] | undefined {
		const foreseen = !attempt.answered;
		if (attempt.sent === "nothing") return list;
		// Sent unasked for another part of the server.
		if (foreseen && attempt.realm !== undefined && !list.some((offer) => offer.realm === attempt.realm)) return list;
		if (attempt.sent === "digest") {
			const stale = list.filter((offer) => offer.scheme === "digest" && offer.challenge.stale);
			return stale.length > 0 && attempt.stale++ < maxStale ? stale : undefined;
		}
		// A server that does not offer Basic has not looked at it.
		const unread = foreseen && list.length > 0 && list.every((offer) => offer.scheme === "digest");
		return unread ? list : undefined;
	}

	private sendDigest(attempt: Attempt, session: DigestSession): void {
		attempt.use = session.begin("GET", attempt.url.path);
		attempt.authorization = attempt.use.authorization;
		attempt.sent = "digest";
		attempt.realm = session.realm;
	}

	private sendBasic(attempt: Attempt, credentials: Credentials, realm: string | undefined): void {
		const authorization = basicAuthorization(credentials);
		if (authorization === undefined) return;
		attempt.authorization = authorization;
		attempt.use = undefined;
		attempt.sent = "basic";
		attempt.realm = realm;
	}

	private remember(entry: Remembered): void {
		const others = this.#remembered.filter((item) => item.origin !== entry.origin);
		this.#remembered = [...others, entry].slice(-maxRemembered);
	}

	private forget(url: ParsedURL): void {
		const origin = originOf(url);
		this.#remembered = this.#remembered.filter((item) => item.origin !== origin);
	}
}

function includes(credentials: readonly Credentials[], { credentials: known }: Remembered): boolean {
	return credentials.some((item) => item.user === known.user && item.password === known.password);
}

function fits(credentials: Credentials, offer: Offer): boolean {
	if (offer.scheme === "digest") return true;
	return credentials.digestOnly !== true && basicAuthorization(credentials) !== undefined;
}

function refused(message: string): HTTPError {
	return new HTTPError("HTTP_UNAUTHORIZED", message, { status: 401 });
}

function nonsense(cause: HTTPError): HTTPError {
	return new HTTPError("HTTP_CHALLENGE", cause.message, { offset: cause.offset, status: 401, cause });
}
