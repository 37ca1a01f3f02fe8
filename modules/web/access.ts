// SPDX-License-Identifier: Apache-2.0
//
// Who may ask for what: cookies, and the checks that a request comes from our own pages and not from another site that the
// operator's browser has open (CSRF, DNS rebinding). Sources: RFC 6265bis; Fetch Metadata; OWASP CSRF prevention.

import { isIPv4, isIPv6 } from "../http/host.js";
import type { ServerExchange } from "../http-server/options.js";
import { WebError } from "./error.js";
import { sameText, type Session, type Sessions } from "./sessions.js";

/** Header fields that the pages look at; the server need not keep others. */
export const webFields: readonly string[] = Object.freeze([
	"content-type",
	"cookie",
	"if-none-match",
	"origin",
	"sec-fetch-site",
	"x-csrf-token",
]);

/** With this prefix browsers take a cookie only over https, for this host alone, for all paths. */
function cookieName(secure: boolean): string {
	return secure ? "__Host-upgate" : "upgate";
}

export function sessionCookie(secure: boolean, session: Session | undefined): string {
	const value = `${cookieName(secure)}=${session?.id ?? ""}; Path=/; HttpOnly; SameSite=Strict`;
	return `${value}${secure ? "; Secure" : ""}${session === undefined ? "; Max-Age=0" : ""}`;
}

function cookieOf({ head, secure }: ServerExchange): string | undefined {
	const wanted = `${cookieName(secure)}=`;
	const found = head.headers
		.getAll("cookie")
		.join(";")
		.split(";")
		.map((pair) => pair.trim())
		.filter((pair) => pair.startsWith(wanted));
	// Two of one name: somebody has put one in front of ours.
	return found.length === 1 ? found[0].slice(wanted.length) : undefined;
}

export function findSession(exchange: ServerExchange, sessions: Sessions, touch: boolean): Session | undefined {
	return sessions.find(cookieOf(exchange), touch);
}

/**
 * A request that changes something must come from our own page.
 * @throws WebError WEB_FORBIDDEN
 */
export function checkOrigin({ head, secure }: ServerExchange): void {
	const { headers } = head;
	const site = headers.get("sec-fetch-site");
	if (site !== undefined && site !== "same-origin" && site !== "none")
		throw new WebError(403, "WEB_FORBIDDEN", "the request comes from another site");
	const origin = headers.get("origin");
	const own = `${secure ? "https" : "http"}://${headers.get("host") ?? ""}`;
	if (origin !== undefined && origin.toLowerCase() !== own.toLowerCase())
		throw new WebError(403, "WEB_FORBIDDEN", "the request comes from another site");
}

/** @throws WebError WEB_FORBIDDEN without the token of the session's pages */
export function checkToken({ head }: ServerExchange, session: Session): void {
	if (!sameText(head.headers.get("x-csrf-token") ?? "", session.token))
		throw new WebError(403, "WEB_FORBIDDEN", "the token of the page is missing; load it again");
}

/** Name or address of a Host field, without port and brackets. */
function hostOf(field: string): string {
	if (field.startsWith("[")) return field.includes("]") ? field.slice(1, field.indexOf("]")) : "";
	const colon = field.indexOf(":");
	return (colon < 0 ? field : field.slice(0, colon)).toLowerCase();
}

/**
 * While there is no password, a site whose name leads to this device (DNS rebinding) could set one: only addresses and the device's
 * own name are answered then.
 * @throws WebError WEB_HOST
 */
export function checkOwnHost({ head }: ServerExchange, hostName: string): void {
	const host = hostOf(head.headers.get("host") ?? "");
	const own = hostName.toLowerCase();
	const named = host === "localhost" || (own !== "" && (host === own || host === `${own}.local`));
	if (named || isIPv4(host) || isIPv6(host)) return;
	throw new WebError(421, "WEB_HOST", "until a password is set, use the device's address or its own name");
}
