// SPDX-License-Identifier: Apache-2.0
//
// A server's view of Digest: what a request of the bench carries, and whether it is right for u:p.

import { parseChallenges } from "../../modules/http/challenge.js";
import { digestResponse, readDigestChallenge } from "../../modules/http/digest.js";
import { response, type SessionBench } from "./session-bench.js";

export const credentials = [{ user: "u", password: "p" }];
export const md5 = 'Digest realm="r", nonce="n1", qop="auth", algorithm=MD5';
export const ok = response(200, [], "fine");
export const challenge = (text: string): string => response(401, [`WWW-Authenticate: ${text}`], "who are you?");

/** Parameters of the Authorization that a request carries, Digest only. */
export function digestOf(bench: SessionBench, index: number): Record<string, string> {
	const field = parseChallenges(bench.header(index, "Authorization") ?? "None")[0]!;
	return Object.fromEntries(field.parameters.map(({ name, value }) => [name, value]));
}

/** Whether the response in a request is right for u:p. */
export function isRight(bench: SessionBench, index: number, offered: string): boolean {
	const sent = digestOf(bench, index);
	const read = readDigestChallenge(parseChallenges(offered)[0]!)!;
	const request = {
		challenge: { ...read, nonce: sent.nonce! },
		user: "u",
		password: "p",
		method: "GET",
		uri: sent.uri!,
	};
	return (
		digestResponse({ ...request, cnonce: sent.cnonce ?? "", count: Number(`0x${sent.nc ?? "1"}`) }) === sent.response
	);
}
