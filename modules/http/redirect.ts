// SPDX-License-Identifier: Apache-2.0
//
// Where a redirect leads, and whether to go there (RFC 9110 section 15.4). A GET stays a GET in all five kinds.

import { HTTPError } from "./errors.js";
import type { Headers } from "./headers.js";
import { resolveReference } from "./reference.js";
import { originOf, parseURL, URLError, type ParsedURL } from "./url.js";

/** Redirects followed for one request. */
export const maxRedirects = 5;

const statuses: readonly number[] = Object.freeze([301, 302, 303, 307, 308]);

/**
 * @param visited URLs of this request so far, the present one last
 * @returns the next URL, without user information: a server does not choose the credentials. `undefined` when this is no redirect
 * @throws HTTPError HTTP_REDIRECT, HTTP_REDIRECT_DOWNGRADE, HTTP_REDIRECT_LOOP, HTTP_REDIRECT_LIMIT
 */
export function redirectTarget(
	status: number,
	headers: Headers,
	visited: readonly ParsedURL[],
	limit = maxRedirects,
): ParsedURL | undefined {
	const locations = headers.getAll("location");
	if (!statuses.includes(status) || locations.length === 0) return undefined;
	const present = visited[visited.length - 1];
	if (locations.length > 1) throw new HTTPError("HTTP_REDIRECT", "redirect with more than one Location", { status });
	const target = parseTarget(present, locations[0], status);
	if (present.scheme === "https" && target.scheme === "http")
		throw new HTTPError("HTTP_REDIRECT_DOWNGRADE", "redirect from https to http", { status });
	if (visited.some((url) => isSame(url, target)))
		throw new HTTPError("HTTP_REDIRECT_LOOP", "redirect back to where it came from", { status });
	if (visited.length > limit) throw new HTTPError("HTTP_REDIRECT_LIMIT", `more than ${limit} redirects`, { status });
	return target;
}

function parseTarget(base: ParsedURL, location: string, status: number): ParsedURL {
	try {
		const { scheme, host, port, path } = parseURL(resolveReference(base, location));
		return { scheme, host, port, path };
	} catch (cause) {
		if (!(cause instanceof URLError)) throw cause;
		throw new HTTPError("HTTP_REDIRECT", `redirect to what is no URL of ours: ${cause.message}`, { status, cause });
	}
}

function isSame(a: ParsedURL, b: ParsedURL): boolean {
	return originOf(a) === originOf(b) && a.path === b.path;
}
