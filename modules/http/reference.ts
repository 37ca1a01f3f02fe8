// SPDX-License-Identifier: Apache-2.0
//
// A URI reference against its base (RFC 3986 section 5.2). Only puts texts together: what comes out is checked by parseURL.

import { hostField, type ParsedURL } from "./url.js";

/**
 * @param reference absolute, or relative to `base` in any of the ways of RFC 3986 section 4.2
 * @returns an absolute URL as text, without a fragment; user information stands in it only if `reference` has some
 */
export function resolveReference(base: ParsedURL, reference: string): string {
	const hash = reference.indexOf("#");
	const text = hash < 0 ? reference : reference.slice(0, hash);
	const scheme = schemeLength(text);
	if (scheme > 0) {
		const rest = text.slice(scheme + 1);
		return rest.startsWith("//") ? `${text.slice(0, scheme)}:${withoutDots(rest)}` : text;
	}
	if (text.startsWith("//")) return `${base.scheme}:${withoutDots(text)}`;
	const origin = `${base.scheme}://${hostField(base)}`;
	const [path, query] = split(base.path);
	if (text === "") return origin + path + query;
	if (text.startsWith("?")) return origin + path + text;
	const [ownPath, ownQuery] = split(text);
	const merged = ownPath.startsWith("/") ? ownPath : path.slice(0, path.lastIndexOf("/") + 1) + ownPath;
	return origin + removeDotSegments(merged) + ownQuery;
}

/** @returns length of the scheme before its colon, 0 when there is none */
function schemeLength(text: string): number {
	const colon = text.indexOf(":");
	return colon > 0 && /^[A-Za-z][A-Za-z0-9+.-]*$/.test(text.slice(0, colon)) ? colon : 0;
}

/** @returns path, and query with its question mark */
function split(text: string): [string, string] {
	const mark = text.indexOf("?");
	return mark < 0 ? [text, ""] : [text.slice(0, mark), text.slice(mark)];
}

/** @param text "//authority/path?query" */
function withoutDots(text: string): string {
	const [front, query] = split(text);
	const slash = front.indexOf("/", 2);
	return slash < 0 ? text : front.slice(0, slash) + removeDotSegments(front.slice(slash)) + query;
}

/** RFC 3986 section 5.2.4, for paths that begin with a slash. */
function removeDotSegments(path: string): string {
	const result: string[] = [];
	const segments = path.split("/").slice(1);
	for (const [index, segment] of segments.entries()) {
		if (segment === "..") result.pop();
		else if (segment !== ".") result.push(segment);
		// A dot segment at the end leaves the slash before it.
		if (index === segments.length - 1 && (segment === "." || segment === "..")) result.push("");
	}
	return `/${result.join("/")}`;
}
