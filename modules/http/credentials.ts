// SPDX-License-Identifier: Apache-2.0
//
// Credentials and who may see them: Basic (RFC 7617, always UTF-8), and the choice among the challenges of a 401.

import { encodeBase64 } from "../bytes/base64.js";
import { encodeUTF8 } from "../bytes/text.js";
import { findParameter, parseChallenges, type Challenge } from "./challenge.js";
import { readDigestChallenge, type DigestChallenge } from "./digest.js";
import { HTTPError } from "./errors.js";
import type { Headers } from "./headers.js";

export interface Credentials {
	readonly user: string;
	readonly password: string;
	/** Never given away by Basic. */
	readonly digestOnly?: boolean;
	/** Sent by Basic before the server asks: they stand in the URL. */
	readonly unasked?: boolean;
}

/** What can be done about a 401. */
export type Offer =
	{ scheme: "digest"; realm: string; challenge: DigestChallenge } | { scheme: "basic"; realm: string };

export interface Offers {
	/** Those that this client knows, the strongest first; of equals the server's first. */
	list: Offer[];
	/** Why the first field that makes no sense makes none. */
	fault: HTTPError | undefined;
}

/**
 * @returns value of the Authorization field; `undefined` when Basic cannot carry the user name (RFC 7617 section 2: no colon)
 */
export function basicAuthorization({ user, password }: Credentials): string | undefined {
	return user.includes(":") ? undefined : `Basic ${encodeBase64(encodeUTF8(`${user}:${password}`))}`;
}

/** @throws HTTPError HTTP_CREDENTIALS for control characters, which no scheme can carry */
export function checkCredentials({ user, password }: Credentials): void {
	for (const text of [user, password]) {
		for (let i = 0; i < text.length; i++) {
			const code = text.charCodeAt(i);
			if (code < 0x20 || code === 0x7f)
				throw new HTTPError("HTTP_CREDENTIALS", "control character in user name or password");
		}
	}
}

/** Reads all challenges of a response. A field that makes no sense does not hide the others. */
export function readOffers(headers: Headers): Offers {
	const list: Offer[] = [];
	let fault: HTTPError | undefined;
	const attempt = <T>(read: () => T): T | undefined => {
		try {
			return read();
		} catch (error) {
			if (!(error instanceof HTTPError)) throw error;
			fault ??= error;
			return undefined;
		}
	};
	for (const field of headers.getAll("www-authenticate")) {
		for (const challenge of attempt(() => parseChallenges(field)) ?? []) {
			const offer = attempt(() => readOffer(challenge));
			if (offer !== undefined) list.push(offer);
		}
	}
	return { list: list.sort((a, b) => strength(b) - strength(a)), fault };
}

function readOffer(challenge: Challenge): Offer | undefined {
	if (challenge.scheme === "basic")
		return { scheme: "basic", realm: findParameter(challenge.parameters, "realm") ?? "" };
	if (challenge.scheme !== "digest") return undefined;
	const digest = readDigestChallenge(challenge);
	return digest === undefined ? undefined : { scheme: "digest", realm: digest.realm, challenge: digest };
}

function strength(offer: Offer): number {
	if (offer.scheme === "basic") return 0;
	const { hash, quality } = offer.challenge;
	return (hash === "SHA-256" ? 3 : 1) + (quality === undefined ? 0 : 1);
}
